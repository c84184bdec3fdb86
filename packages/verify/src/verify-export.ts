import { fromUtf8, toHex, type Crypto, type TargetId } from '@chaperone/encoding'
import {
  checkNote,
  checkTree,
  openCheckpoint,
  parseVerifierKey,
  type OpenedCheckpoint,
} from '@chaperone/tlog'
import type { ExportSource } from './export-source.ts'
import { findings, type Findings, type Verdict } from './findings.ts'
import { openingCheck } from './openings.ts'
import { recordingCheck } from './recordings.ts'
import { replay } from './replay.ts'
import { rules, type RuleName } from './rules.ts'
import { sshdLog } from './sshd-log.ts'
import { checkWitnesses } from './witnesses.ts'
import type { TrustRoot } from './trust-root.ts'

export interface Verification {
  /** `broken` if any rule is, else `unproven` if any is. */
  readonly verdict: Verdict['verdict']
  readonly origin: string
  readonly size: number
  /** Hex; empty without a readable checkpoint. */
  readonly root: string
  readonly rules: readonly Verdict[]
}

export interface VerifyOptions {
  /** Lines of a target's sshd log. */
  readonly sshdLog?: Iterable<string>
  /** Whose log that is: a login for a run on another target is then found too. */
  readonly sshdTarget?: TargetId
}

/**
 * Judges an export by a trust root and nothing else (spec/export.md, docs/verification.md): the tree, who signed its
 * head, and every entry by the rules that were in force at it.
 */
export function verifyExport(
  source: ExportSource,
  root: TrustRoot,
  crypto: Crypto,
  options: VerifyOptions = {},
): Verification {
  const found = findings()
  const checkpoint = checkCheckpoint(source, root, crypto, found)
  if (checkpoint === undefined) leaveUnproven(found, 'checkpoint-signed', null)
  else checkEntries(checkpoint, source, root, crypto, options, found)
  const verdicts = found.verdicts(options.sshdLog === undefined ? ['logins-intended'] : [])
  return {
    verdict: overall(verdicts),
    origin: root.origin,
    size: checkpoint?.size ?? 0,
    root: checkpoint === undefined ? '' : toHex(checkpoint.root),
    rules: verdicts,
  }
}

/** The signed head; `undefined` when nothing below it can be believed. */
function checkCheckpoint(
  source: ExportSource,
  root: TrustRoot,
  crypto: Crypto,
  found: Findings,
): OpenedCheckpoint | undefined {
  const key = parseVerifierKey(root.logKey, crypto.sha256)
  const signer = parseVerifierKey(root.signerKey, crypto.sha256)
  const text = fromUtf8(source.read('checkpoint') ?? new Uint8Array())
  if (key === undefined || signer === undefined || key.name !== root.origin) {
    found.broken('checkpoint-signed', null, { code: 'trust-root-malformed' })
    return undefined
  }
  const opened = openCheckpoint(text ?? '', key, crypto)
  found.checked('checkpoint-signed')
  if (!opened.ok) {
    found.broken('checkpoint-signed', null, opened.error)
    return undefined
  }
  const cosigned = checkNote(opened.value.note, signer, crypto)
  if (cosigned.ok) found.checked('checkpoint-cosigned')
  else if (cosigned.error.code === 'note-unsigned') {
    found.missing('checkpoint-cosigned', {
      what: 'cosignature',
      why: 'not-in-export',
      by: null,
      count: 1,
      entry: null,
    })
  } else found.broken('checkpoint-cosigned', null, cosigned.error)
  return opened.value
}

function checkEntries(
  checkpoint: OpenedCheckpoint,
  source: ExportSource,
  root: TrustRoot,
  crypto: Crypto,
  { sshdLog: lines, sshdTarget }: VerifyOptions,
  found: Findings,
): void {
  const { sha256 } = crypto
  const entries = replay({
    source,
    root,
    crypto,
    found,
    openings: openingCheck(source, sha256, found),
    recordings: recordingCheck(source, sha256, found),
    sshd: lines === undefined ? undefined : sshdLog(lines, sshdTarget, sha256, found),
  })
  let reached = 0
  const tree = checkTree(source, checkpoint.size, checkpoint.root, sha256, (index, entry, frontier) => {
    reached = index + 1
    entries.entry(index, entry, frontier)
  })
  found.checked('entries-unchanged', reached)
  if (tree.ok) {
    checkWitnesses(checkpoint, entries.roster(), crypto, found)
    return entries.end(checkpoint.size)
  }
  // Every rule above was asked of entries that may not be the log's.
  found.broken('entries-unchanged', reached < checkpoint.size ? reached : null, tree.error)
  leaveUnproven(found, 'entries-unchanged', reached)
}

const aboutTheHead: readonly RuleName[] = ['checkpoint-signed', 'checkpoint-cosigned', 'entries-unchanged']

function leaveUnproven(found: Findings, because: RuleName, entry: number | null): void {
  for (const rule of Object.keys(rules) as RuleName[]) {
    if (rule === because || (aboutTheHead.includes(rule) && because === 'entries-unchanged')) continue
    found.missing(rule, { what: 'entries', why: `${because}-broken`, by: null, count: 1, entry })
  }
}

function overall(verdicts: readonly Verdict[]): Verdict['verdict'] {
  if (verdicts.some((one) => one.verdict === 'broken')) return 'broken'
  return verdicts.some((one) => one.verdict === 'unproven') ? 'unproven' : 'proven'
}
