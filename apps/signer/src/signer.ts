import {
  err,
  fromBase64,
  fromUtf8,
  ok,
  secondsOf,
  toBase64,
  toHex,
  utf8,
  parsePublicKey,
  type Crypto,
  type Digest,
  type Instant,
  type Json,
  type PersonId,
  type Result,
} from '@chaperone/encoding'
import {
  adoptRoster,
  checkStatement,
  decodeEvent,
  isDemonstration,
  officersNeeded,
  rosterDigest,
  type Event,
  type Roster,
  type SignedRoster,
  type SignedStatement,
  type Stop,
} from '@chaperone/domain'
import { generateKey, type PrivateKey } from '@chaperone/node-crypto'
import { forceCommand } from '@chaperone/runner'
import {
  cosignNote,
  Frontier,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  printVerifierKey,
  verifierKey,
  type VerifierKey,
} from '@chaperone/tlog'
import type { Authority } from './certificate-authority.ts'
import { makeCertificate } from './certificate.ts'
import { checkIssue, type Grant, type IssueRefusal, type IssueRequest } from './check-issue.ts'
import type { Journal } from './journal.ts'
import { logMemory } from './log-view.ts'
import type { Login } from './one-shot-agent.ts'

/** Named at `chaperone init` and carried by people. */
export interface TrustRoot {
  readonly origin: string
  readonly logKey: string
  readonly signerKey: string
  /** Digest of roster 1. */
  readonly rosterDigest: Digest
}

export interface SignerDependencies {
  readonly crypto: Crypto
  readonly now: () => Instant
  readonly random: (length: number) => Uint8Array
  readonly authority: Authority
  readonly cosigner: PrivateKey
  readonly trustRoot: TrustRoot
  readonly isolated: boolean
  readonly openJournal: (onRecord: (record: Json) => void, keep: () => readonly Json[]) => Journal
  /** Serves the one login, and resolves with the socket's path. */
  readonly serveAgent: (login: Login, sign: (data: Uint8Array) => Uint8Array) => Promise<string>
}

export interface Signer {
  status(): Json
  takeRoster(signed: SignedRoster): Result<Json, IssueRefusal>
  readLog(part: LogPart): Result<Json, IssueRefusal>
  issue(request: IssueRequest): Promise<Result<Json, IssueRefusal>>
  stop(signed: SignedStatement): Result<Json, IssueRefusal>
  lift(stop: Digest, statements: readonly SignedStatement[]): Result<Json, IssueRefusal>
  close(): void
}

export interface LogPart {
  readonly from: number
  readonly entries: readonly Uint8Array[]
  /** The signed checkpoint that these entries end at; null when more parts follow. */
  readonly checkpoint: string | null
}

const certificateSeconds = 60
const clockSlack = 30
const silenceSeconds = 10

/**
 * The signer (spec/signer.md). It holds what decides whether a certificate is made, and takes none of it from the
 * gateway without proof: rosters by their officers' signatures, the log by reading every entry of it.
 */
export function createSigner(dependencies: SignerDependencies): Signer {
  const { crypto, now, random, authority, cosigner, trustRoot } = dependencies
  let roster: { readonly roster: Roster; readonly signed: SignedRoster; readonly digest: Digest } | undefined
  const stops = new Map<Digest, { readonly stop: Stop; readonly signed: SignedStatement }>()
  const spends = new Map<string, { readonly at: Instant }>()
  /** The last head that was cosigned: what is read again after a restart must pass through it. */
  let guard = { size: 0, root: '' }
  let forked = false
  const journal = dependencies.openJournal(restore, keep)
  const log = logMemory()
  const frontier = new Frontier(crypto.sha256)
  let covered = 0
  let freshHead = false
  /** Spends from before this start that the log has not accounted for. */
  const unaccounted = new Set(spends.keys())
  const logKey = required(parseVerifierKey(trustRoot.logKey, crypto.sha256), 'log')
  const cosignerKey = verifierKey(
    required(parseVerifierKey(trustRoot.signerKey, crypto.sha256), 'signer').name,
    4,
    cosigner.point,
    crypto.sha256,
  )

  function restore(record: Json): void {
    const entry = record as { readonly [member: string]: Json }
    switch (entry['type']) {
      case 'roster':
        restoreRoster(entry)
        break
      case 'stop': {
        const latched = entry as unknown as { stop: Stop; signed: SignedStatement } // written by `latch`
        stops.set(latched.stop.stop, { stop: latched.stop, signed: latched.signed })
        break
      }
      case 'lift':
        stops.delete(String(entry['stop']))
        break
      case 'head':
        guard = { size: Number(entry['size']), root: String(entry['root']) }
        break
      case 'spend':
        spends.set(String(entry['run']), { at: String(entry['at']) })
        break
      case 'forked':
        forked = true
        break
    }
  }

  function restoreRoster(entry: { readonly [member: string]: Json }): void {
    const bytes = fromBase64(String(entry['bytes'])) ?? new Uint8Array(0)
    const signed = { bytes, adoptions: entry['adoptions'] as unknown as readonly SignedStatement[] } // written by `takeRoster`
    const json = JSON.parse(fromUtf8(bytes) ?? '{}') as Roster // adopted before it was written
    roster = { roster: json, signed, digest: rosterDigest(bytes, crypto.sha256) }
  }

  function keep(): readonly Json[] {
    const records: Json[] = []
    if (roster !== undefined) records.push(rosterRecord(roster.signed))
    for (const { stop, signed } of stops.values())
      records.push({ type: 'stop', stop: { ...stop }, signed: { ...signed } })
    for (const [run, { at }] of spends) records.push({ type: 'spend', run, at })
    if (guard.size > 0) records.push({ type: 'head', ...guard })
    if (forked) records.push({ type: 'forked' })
    return records
  }

  function takeRoster(signed: SignedRoster): Result<Json, IssueRefusal> {
    const digest = rosterDigest(signed.bytes, crypto.sha256)
    if (roster?.digest === digest) return ok({ version: roster.roster.version })
    if (roster === undefined && digest !== trustRoot.rosterDigest)
      return err({ code: 'roster-not-of-trust-root' })
    const adopted = adoptRoster(signed, roster?.roster, roster?.digest ?? '', now(), crypto)
    if (!adopted.ok) return adopted
    journal.append(rosterRecord(signed))
    roster = { roster: adopted.value, signed, digest }
    return ok({ version: adopted.value.version })
  }

  function readLog({ from, entries, checkpoint }: LogPart): Result<Json, IssueRefusal> {
    if (forked) return err({ code: 'log-forked', size: guard.size })
    if (from !== frontier.size)
      return err({ code: from < frontier.size ? 'log-rewound' : 'log-gap', size: frontier.size })
    const opened = checkpoint === null ? undefined : openCheckpoint(checkpoint, logKey, crypto)
    if (opened?.ok === false) return opened
    const end = from + entries.length
    if (opened !== undefined && opened.value.size !== end)
      return err({ code: 'checkpoint-not-of-entries', size: opened.value.size })
    if (opened !== undefined && end < guard.size) return err({ code: 'log-rewound', size: guard.size })
    for (const entry of entries) {
      const seen = see(entry)
      if (!seen) return fork()
    }
    if (opened === undefined) return ok({ size: end })
    if (toHex(frontier.root()) !== toHex(opened.value.root)) return fork()
    return ok({ size: end, cosignature: cosign(opened.value.note.text, end) })
  }

  /** Adds one entry; false when the log is not the one that was cosigned before. */
  function see(entry: Uint8Array): boolean {
    const index = frontier.size
    frontier.append(leafHash(entry, crypto.sha256))
    const decoded = decodeEvent(entry)
    if (decoded.ok) learn(index, decoded.value)
    return frontier.size !== guard.size || toHex(frontier.root()) === guard.root
  }

  function learn(index: number, event: Event): void {
    log.see(index, event)
    if (event.type === 'run-ended') unaccounted.delete(event.run)
    // A stop that reached the log and not our own socket counts all the same.
    if (event.type === 'stop-ordered') void stop(event.statement)
    if (event.type === 'stop-lifted') void lift(event.stop, event.statements)
  }

  function fork(): Result<never, IssueRefusal> {
    forked = true
    journal.append({ type: 'forked' })
    return err({ code: 'log-forked', size: guard.size })
  }

  function cosign(text: string, size: number): string {
    guard = { size, root: toHex(frontier.root()) }
    covered = size
    freshHead = true
    journal.append({ type: 'head', ...guard })
    return cosignNote(text, cosignerKey, secondsOf(now()), (message) => cosigner.sign(message))
  }

  /** Why nothing may be issued now, whatever is asked for. */
  function notReady(): IssueRefusal | undefined {
    if (forked) return { code: 'log-forked', size: guard.size }
    if (roster === undefined) return { code: 'roster-missing' }
    if (!freshHead || frontier.size !== covered) return { code: 'log-not-read' }
    const [first] = unaccounted
    return first === undefined ? undefined : { code: 'unaccounted', run: first, runs: unaccounted.size }
  }

  async function issue(request: IssueRequest): Promise<Result<Json, IssueRefusal>> {
    const unready = notReady()
    if (unready !== undefined || roster === undefined) return err(unready ?? { code: 'roster-missing' })
    const at = now()
    const granted = checkIssue(request, {
      at,
      roster: roster.roster,
      stops: [...stops.values()].map((latched) => latched.stop),
      log,
      spent: (run) => spends.has(run),
      crypto,
    })
    if (!granted.ok) return granted
    const { run } = granted.value
    // Spent before anything can be signed: a crash from here on loses the run, never repeats it.
    spends.set(run, { at })
    journal.append({ type: 'spend', run, at })
    const { agent, serial } = await arm(granted.value, at)
    return ok({ agent, serial, run })
  }

  async function arm(
    { run, target, step, notAfter, hostKeys }: Grant,
    at: Instant,
  ): Promise<{ readonly agent: string; readonly serial: string }> {
    const { key } = generateKey('ssh-ed25519')
    const subject = parsePublicKey(key.blob)
    if (!subject.ok) throw new TypeError('a key that was just made is well formed')
    const seconds = secondsOf(at)
    const serial = BigInt(`0x${toHex(random(8))}`) >> 1n
    const { bytes, files, maxSeconds } = step
    const certificate = await makeCertificate(
      {
        subject: subject.value,
        nonce: random(32),
        serial,
        keyId: `chaperone run ${run}`,
        principals: [`chaperone:${target.target}:${step.account}`],
        validAfter: seconds - clockSlack,
        validBefore: Math.min(seconds + certificateSeconds, notAfter),
        forceCommand: forceCommand({ run, bytes, files, notAfter, maxSeconds, silenceSeconds }),
        sourceAddress: target.sourceAddress,
      },
      authority.blob,
      authority.sign,
    )
    const hostAuthorities = target.hostAuthorities
      .map((blob) => fromBase64(blob))
      .filter((blob) => blob !== undefined)
    const agent = await dependencies.serveAgent(
      { account: step.account, hostKeys, hostAuthorities, certificate },
      (data) => key.signSsh(data),
    )
    return { agent, serial: String(serial) }
  }

  function stop(signed: SignedStatement): Result<Json, IssueRefusal> {
    if (roster === undefined) return err({ code: 'roster-missing' })
    const digest = toHex(crypto.sha256(utf8(signed.text)))
    if (stops.has(digest)) return ok({ stop: digest })
    const checked = checkStatement(signed, roster.roster, now(), crypto)
    if (!checked.ok) return checked
    const { statement } = checked.value
    if (statement.kind !== 'stop') return err({ code: 'statement-not-for-this', field: 'kind' })
    const latched: Stop = {
      stop: digest,
      scope: statement.scope,
      value: statement.value,
      expires: statement.expires,
    }
    stops.set(digest, { stop: latched, signed })
    journal.append({ type: 'stop', stop: { ...latched }, signed: { ...signed } })
    return ok({ stop: digest })
  }

  function lift(digest: Digest, statements: readonly SignedStatement[]): Result<Json, IssueRefusal> {
    if (roster === undefined) return err({ code: 'roster-missing' })
    if (!stops.has(digest)) return err({ code: 'stop-unknown' })
    const officers = new Set<PersonId>()
    for (const signed of statements) {
      const checked = checkStatement(signed, roster.roster, now(), crypto)
      if (!checked.ok) return checked
      const { statement, person } = checked.value
      if (statement.kind !== 'lift' || statement.stop !== digest)
        return err({ code: 'statement-not-for-this', field: 'stop' })
      officers.add(person)
    }
    if (officers.size < officersNeeded) return err({ code: 'lift-needs-two', officers: officers.size })
    stops.delete(digest)
    journal.append({ type: 'lift', stop: digest })
    return ok({ stop: digest })
  }

  return {
    status: () => ({
      isolated: dependencies.isolated,
      ready: notReady() === undefined,
      reason: notReady()?.code ?? null,
      rosterVersion: roster?.roster.version ?? 0,
      rosterDigest: roster?.digest ?? null,
      demonstration: roster !== undefined && isDemonstration(roster.roster),
      logSize: frontier.size,
      guard: { ...guard },
      stops: [...stops.values()].map(({ stop: latched }) => ({ ...latched })),
      unaccounted: [...unaccounted],
      caKey: toBase64(authority.blob),
      cosignerKey: printVerifierKey(cosignerKey),
      clock: now(),
    }),
    takeRoster,
    readLog,
    issue,
    stop,
    lift,
    close: () => journal.close(),
  }
}

function rosterRecord({ bytes, adoptions }: SignedRoster): Json {
  return {
    type: 'roster',
    bytes: toBase64(bytes),
    adoptions: adoptions.map(({ text, signature }) => ({ text, signature })),
  }
}

function required(key: VerifierKey | undefined, whose: string): VerifierKey {
  if (key === undefined) throw new TypeError(`the trust root's ${whose} key cannot be read`)
  return key
}
