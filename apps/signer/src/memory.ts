import { Frontier } from '@chaperone/tlog'
import {
  parseRoster,
  rosterDigest,
  type Outcome,
  type Roster,
  type SignedStatement,
  type Stop,
} from '@chaperone/domain'
import {
  fromBase64,
  fromHex,
  invariant,
  toHex,
  type Digest,
  type Instant,
  type Json,
  type PersonId,
  type RunId,
} from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'

/** What the signer learnt from an entry of the log and must not forget. */
export type Fact =
  | {
      readonly type: 'order'
      readonly orderDigest: Digest
      readonly technician: PersonId
      readonly notAfter: Instant
    }
  | ({ readonly type: 'intent' } & Intent)
  | ({ readonly type: 'ended' } & Ended)
  | ({ readonly type: 'stop-latched' } & Stop)
  | { readonly type: 'stop-lifted'; readonly stop: Digest }

export interface Intent {
  readonly run: RunId
  readonly orderDigest: Digest
  readonly step: number
  readonly attempt: number
  readonly stepDigest: Digest
  readonly target: string
  readonly decisions: readonly Digest[]
  readonly after: { readonly run: RunId; readonly entry: number } | null
  readonly entry: number
  readonly at: Instant
}

export interface Ended {
  readonly run: RunId
  readonly result: Outcome['result']
  /** -1: not by the log but by the officers who recovered it. */
  readonly entry: number
}

export interface Spend {
  readonly run: RunId
  readonly serial: string
  readonly at: Instant
  /** When the order can no longer be run, so that the spend may be forgotten. */
  readonly notAfter: Instant
}

export interface LogPosition {
  readonly size: number
  /** Roots of complete subtrees, hex. */
  readonly frontier: string
  readonly root: Digest
}

export interface HeldRoster {
  /** base64 of its canonical bytes. */
  readonly bytes: string
  readonly adoptions: readonly SignedStatement[]
}

interface Recovering {
  readonly epoch: number
  readonly size: number
  readonly root: Digest
}

/** One line of the journal: what becomes true at once or not at all. */
export type JournalRecord = { readonly at: Instant } & (
  | ({ readonly type: 'roster-held' } & HeldRoster)
  | ({ readonly type: 'log-read'; readonly facts: readonly Fact[] } & LogPosition)
  | { readonly type: 'log-forked'; readonly checkpoint: string }
  | ({ readonly type: 'run-spent' } & Omit<Spend, 'at'>)
  | ({ readonly type: 'stop-latched' } & Stop)
  | { readonly type: 'stop-lifted'; readonly stop: Digest }
  | ({ readonly type: 'recovered' } & Recovering)
  | ({ readonly type: 'snapshot' } & Snapshot)
)

interface Snapshot {
  readonly roster: HeldRoster | null
  readonly log: LogPosition
  readonly epoch: number
  readonly forked: string | null
  readonly recovering: Recovering | null
  readonly facts: readonly Fact[]
  readonly spends: readonly Spend[]
  readonly lifted: readonly Digest[]
}

/** What the journal adds up to. Only `apply` changes it. */
export interface Memory {
  roster: { readonly held: HeldRoster; readonly parsed: Roster; readonly digest: Digest } | undefined
  log: { readonly size: number; readonly frontier: Frontier; readonly root: Digest }
  epoch: number
  /** The signed checkpoint that contradicts what was read before. */
  forked: string | undefined
  /** Officers accepted this head: nothing is cosigned until it has been read. */
  recovering: Recovering | undefined
  readonly orders: Map<Digest, { readonly technician: PersonId; readonly notAfter: Instant }>
  readonly intents: Map<RunId, Intent>
  readonly ended: Map<RunId, Ended>
  readonly spends: Map<RunId, Spend>
  /** Intended or spent, and not ended. */
  readonly open: Set<RunId>
  readonly stops: Map<Digest, Stop>
  readonly lifted: Set<Digest>
  /** The latest time that this journal knows. */
  clock: Instant
}

export function emptyMemory(): Memory {
  const frontier = new Frontier(nodeCrypto.sha256)
  return {
    roster: undefined,
    log: { size: 0, frontier, root: toHex(frontier.root()) },
    epoch: 1,
    forked: undefined,
    recovering: undefined,
    orders: new Map(),
    intents: new Map(),
    ended: new Map(),
    spends: new Map(),
    open: new Set(),
    stops: new Map(),
    lifted: new Set(),
    clock: '',
  }
}

export function apply(memory: Memory, record: JournalRecord): void {
  if (record.at > memory.clock) memory.clock = record.at
  switch (record.type) {
    case 'roster-held':
      memory.roster = heldRoster(record)
      return
    case 'log-read':
      memory.log = logOf(record)
      if (memory.recovering !== undefined && record.size >= memory.recovering.size)
        memory.recovering = undefined
      for (const fact of record.facts) learn(memory, fact)
      return
    case 'log-forked':
      memory.forked = record.checkpoint
      return
    case 'run-spent':
      memory.spends.set(record.run, spendOf(record))
      memory.open.add(record.run)
      return
    case 'stop-latched':
    case 'stop-lifted':
      learn(memory, record)
      return
    case 'recovered':
      recover(memory, record)
      return
    case 'snapshot':
      restore(memory, record)
      return
  }
}

function learn(memory: Memory, fact: Fact): void {
  switch (fact.type) {
    case 'order':
      // The first entry counts: a second one cannot move an order to another technician.
      if (!memory.orders.has(fact.orderDigest)) memory.orders.set(fact.orderDigest, fact)
      return
    case 'intent':
      if (memory.intents.has(fact.run)) return
      memory.intents.set(fact.run, fact)
      if (!memory.ended.has(fact.run)) memory.open.add(fact.run)
      return
    case 'ended':
      if (!memory.intents.has(fact.run) && !memory.spends.has(fact.run)) return
      if ((memory.ended.get(fact.run)?.entry ?? -1) >= 0) return
      memory.ended.set(fact.run, fact)
      memory.open.delete(fact.run)
      return
    case 'stop-latched':
      if (!memory.lifted.has(fact.stop))
        memory.stops.set(fact.stop, {
          stop: fact.stop,
          scope: fact.scope,
          value: fact.value,
          expires: fact.expires,
        })
      return
    case 'stop-lifted':
      memory.stops.delete(fact.stop)
      memory.lifted.add(fact.stop)
      return
  }
}

/** The log is read again from its start; what was spent stays spent, whatever that log says. */
function recover(memory: Memory, { epoch, size, root }: Recovering): void {
  const { log } = emptyMemory()
  memory.log = log
  memory.epoch = epoch
  memory.forked = undefined
  memory.recovering = size === 0 ? undefined : { epoch, size, root }
  memory.orders.clear()
  memory.intents.clear()
  memory.ended.clear()
  memory.open.clear()
  for (const run of memory.spends.keys()) memory.ended.set(run, { run, result: 'unknown', entry: -1 })
}

const forgottenAfterSeconds = 24 * 60 * 60

/** Everything that still matters, as one record: orders whose window closed a day ago can never be run again. */
export function snapshot(memory: Memory, at: Instant, limitAt: (seconds: number) => Instant): JournalRecord {
  const limit = limitAt(-forgottenAfterSeconds)
  const facts: Fact[] = []
  const kept = new Set<Digest>()
  for (const [orderDigest, order] of memory.orders) {
    if (order.notAfter < limit) continue
    kept.add(orderDigest)
    facts.push({ type: 'order', orderDigest, technician: order.technician, notAfter: order.notAfter })
  }
  const spends = [...memory.spends.values()].filter(
    (spend) => spend.notAfter >= limit || memory.open.has(spend.run),
  )
  const runs = new Set(spends.map((spend) => spend.run))
  for (const intent of memory.intents.values()) {
    if (!kept.has(intent.orderDigest) && !memory.open.has(intent.run)) continue
    runs.add(intent.run)
    facts.push({ ...intent, type: 'intent' })
  }
  for (const ended of memory.ended.values()) if (runs.has(ended.run)) facts.push({ ...ended, type: 'ended' })
  for (const stop of memory.stops.values()) facts.push({ ...stop, type: 'stop-latched' })
  const { log } = memory
  return {
    type: 'snapshot',
    at,
    roster: memory.roster?.held ?? null,
    log: { size: log.size, frontier: toHex(log.frontier.dump()), root: log.root },
    epoch: memory.epoch,
    forked: memory.forked ?? null,
    recovering: memory.recovering ?? null,
    facts,
    spends,
    lifted: [...memory.lifted],
  }
}

function restore(memory: Memory, record: Snapshot): void {
  memory.roster = record.roster === null ? undefined : heldRoster(record.roster)
  memory.log = logOf(record.log)
  memory.epoch = record.epoch
  memory.forked = record.forked ?? undefined
  memory.recovering = record.recovering ?? undefined
  for (const stop of record.lifted) memory.lifted.add(stop)
  for (const spend of record.spends) {
    memory.spends.set(spend.run, spend)
    memory.open.add(spend.run)
  }
  for (const fact of record.facts) learn(memory, fact)
}

function heldRoster({ bytes, adoptions }: HeldRoster): NonNullable<Memory['roster']> {
  const raw = fromBase64(bytes)
  const parsed = raw === undefined ? undefined : parseRoster(raw)
  invariant(raw !== undefined && parsed?.ok === true, 'a roster in the journal was parsed before')
  return { held: { bytes, adoptions }, parsed: parsed.value, digest: rosterDigest(raw, nodeCrypto.sha256) }
}

function logOf({ size, frontier, root }: LogPosition): Memory['log'] {
  const dumped = fromHex(frontier)
  const restored = dumped && Frontier.restore(size, dumped, nodeCrypto.sha256)
  invariant(restored !== undefined, 'a frontier in the journal fits its size')
  return { size, frontier: restored, root }
}

function spendOf({ run, serial, at, notAfter }: Spend): Spend {
  return { run, serial, at, notAfter }
}

/** A record is JSON: strings, integers, arrays and null. */
export function recordJson(record: JournalRecord): Json {
  return record as unknown as Json
}
