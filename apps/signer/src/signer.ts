import {
  err,
  Fault,
  ok,
  secondsOf,
  toBase64,
  toHex,
  type Digest,
  type Instant,
  type Json,
  type Result,
  type RunId,
} from '@chaperone/encoding'
import type { SignedRoster, SignedStatement } from '@chaperone/domain'
import { nodeCrypto, type PrivateKey } from '@chaperone/node-crypto'
import {
  cosignNote,
  parseVerifierKey,
  printVerifierKey,
  verifierKey,
  type VerifierKey,
} from '@chaperone/tlog'
import { agents, type ServeAgent } from './agents.ts'
import type { CaKey } from './certificate.ts'
import { checkIssue } from './check-issue.ts'
import type { IssueRequest } from './issue-request.ts'
import type { News } from './journal-record.ts'
import { makeLogin } from './make-login.ts'
import { openNotebook, type Notebook, type OpenJournal } from './notebook.ts'
import { takeLift, takeRecovery, takeRoster, takeStop } from './officers.ts'
import { logReader, type LogPart } from './read-log.ts'
import type { Refusal } from './refusal.ts'
import { startAccounting, type StartAccounting } from './start-accounting.ts'
import type { TrustRoot } from './trust-root.ts'

export interface SignerDependencies {
  readonly now: () => Instant
  readonly random: (length: number) => Uint8Array
  readonly ca: CaKey
  readonly cosigner: PrivateKey
  readonly trustRoot: TrustRoot
  /** This process has an account of its own. */
  readonly isolated: boolean
  readonly openJournal: OpenJournal
  /** Serves the one login at a path of its own. */
  readonly serveAgent: ServeAgent
}

export type Answer = Result<Readonly<Record<string, Json>>, Refusal>

export interface Signer {
  status(): Readonly<Record<string, Json>>
  takeRoster(signed: SignedRoster): Answer
  readLog(part: LogPart): Answer
  issue(request: IssueRequest): Promise<Answer>
  /** Ends the run's agent, so that nobody logs in for it any more. */
  close(run: RunId): Answer
  stop(signed: SignedStatement): Answer
  lift(stop: Digest, statements: readonly SignedStatement[]): Answer
  recover(statements: readonly SignedStatement[]): Answer
  end(): void
}

/**
 * The signer (spec/signer.md). It holds what decides whether a certificate is made, and takes none of it from the
 * gateway without proof: rosters by their officers' signatures, the log by reading every entry of it. Faults:
 * `trust-root-unusable`, `journal-damaged`; `journal-failed` from then on, after which the process must end.
 */
export function createSigner(dependencies: SignerDependencies): Signer {
  const { now, random, ca, cosigner, trustRoot } = dependencies
  const { logKey, cosignerKey } = keysOf(trustRoot, cosigner)
  const notebook = openNotebook(dependencies.openJournal, now)
  const { memory } = notebook
  const log = logReader(notebook, logKey, now)
  const accounting = startAccounting(memory, now())
  const waiting = agents(dependencies.serveAgent)

  function take(taken: Result<News | null, Refusal>, answer: () => Readonly<Record<string, Json>>): Answer {
    if (!taken.ok) return taken
    if (taken.value !== null) notebook.remember(taken.value)
    return ok(answer())
  }

  function readLog(part: LogPart): Answer {
    const read = log.read(part)
    if (!read.ok) return read
    const { size, text, youngest } = read.value
    if (text === null) return ok({ size })
    accounting.headRead(youngest)
    const sign = (message: Uint8Array) => cosigner.sign(message)
    return ok({ size, cosignature: cosignNote(text, cosignerKey, secondsOf(now()), sign) })
  }

  async function issue(request: IssueRequest): Promise<Answer> {
    const at = now()
    const unready = notReady(notebook, accounting, at)
    if (unready !== undefined) return err(unready)
    const granted = checkIssue(request, memory, at)
    if (!granted.ok) return granted
    const { run, orderEnds } = granted.value
    if (waiting.isClosed(run)) return err({ code: 'run-closed', run })
    const number = BigInt(`0x${toHex(random(8))}`)
    const serial = String(number)
    // INVARIANT: no await between the checks and this line, and nothing is signed before it is on disk: a crash from
    // here on loses the run, and never repeats it.
    notebook.remember({ type: 'run-spent', run, serial, notAfter: orderEnds })
    const login = await makeLogin(granted.value, number, random(32), ca, at)
    const agent = await waiting.serve(run, login)
    return agent === undefined ? err({ code: 'run-closed', run }) : ok({ agent, serial, run })
  }

  return {
    status: () => ({
      ...statusOf(notebook, accounting, now()),
      isolated: dependencies.isolated,
      caKey: toBase64(ca.blob),
      cosignerKey: printVerifierKey(cosignerKey),
    }),
    takeRoster: (signed) =>
      take(takeRoster(signed, memory, trustRoot, now()), () => ({
        version: memory.roster?.parsed.version ?? 0,
      })),
    readLog,
    issue,
    stop: (signed) => take(takeStop(signed, memory, now()), () => ({ stops: [...memory.stops.keys()] })),
    lift: (stop, statements) =>
      take(takeLift(stop, statements, memory, now()), () => ({ stops: [...memory.stops.keys()] })),
    recover: (statements) =>
      take(takeRecovery(statements, memory, now()), () => {
        log.drop()
        accounting.begin(now())
        return { epoch: memory.epoch }
      }),
    close(run) {
      waiting.close(run)
      return ok({ run })
    },
    end: () => notebook.close(),
  }
}

/** Why nothing may be issued now, whatever is asked for. */
function notReady({ memory }: Notebook, accounting: StartAccounting, at: Instant): Refusal | undefined {
  if (memory.forked !== undefined) return { code: 'log-forked', size: memory.log.size }
  if (memory.roster === undefined) return { code: 'roster-missing' }
  return accounting.refusal(at)
}

function statusOf(notebook: Notebook, accounting: StartAccounting, at: Instant) {
  const { memory } = notebook
  const unready = notReady(notebook, accounting, at)
  return {
    ready: unready === undefined,
    reason: unready === undefined ? null : 'reason' in unready ? unready.reason : unready.code,
    rosterVersion: memory.roster?.parsed.version ?? 0,
    rosterDigest: memory.roster?.digest ?? null,
    logSize: memory.log.size,
    logRoot: memory.log.root,
    epoch: memory.epoch,
    forked: memory.forked ?? null,
    stops: [...memory.stops.values()].map((stop) => ({ ...stop })),
    unaccounted: accounting.unaccounted(),
    clock: at,
  }
}

interface Keys {
  readonly logKey: VerifierKey
  readonly cosignerKey: VerifierKey
}

/** The trust root must name the key that this process has: a cosignature that nobody accepts would stop everything later. */
function keysOf({ logKey, signerKey, origin }: TrustRoot, cosigner: PrivateKey): Keys {
  const log = parseVerifierKey(logKey, nodeCrypto.sha256)
  const named = parseVerifierKey(signerKey, nodeCrypto.sha256)
  if (log?.name !== origin || named === undefined)
    throw new Fault('trust-root-unusable', 'the trust root has no usable keys for its log and its signer')
  const own = verifierKey(named.name, 4, cosigner.point, nodeCrypto.sha256)
  if (printVerifierKey(own) !== signerKey)
    throw new Fault('trust-root-unusable', 'the trust root names another signer’s key')
  return { logKey: log, cosignerKey: own }
}
