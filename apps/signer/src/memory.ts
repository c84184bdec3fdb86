import { Frontier } from '@chaperone/tlog'
import { parseRoster, rosterDigest, type Roster, type Stop } from '@chaperone/domain'
import {
  fromBase64,
  fromHex,
  invariant,
  toHex,
  type Digest,
  type Instant,
  type OrderId,
  type RunId,
} from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import type {
  AcceptedHead,
  Ended,
  Fact,
  HeldRoster,
  Intent,
  JournalRecord,
  LogPosition,
  OrderEnd,
  Snapshot,
  Spend,
  Submission,
} from './journal-record.ts'

/** What the journal adds up to. Only `apply` changes it. */
export interface Memory {
  roster: { readonly held: HeldRoster; readonly parsed: Roster; readonly digest: Digest } | undefined
  log: { readonly size: number; readonly frontier: Frontier; readonly root: Digest }
  epoch: number
  /** The signed checkpoint that contradicts what was read before. */
  forked: string | undefined
  /** Officers accepted this head: nothing is cosigned until it has been read. */
  recovering: AcceptedHead | undefined
  readonly submissions: Map<Digest, Submission>
  readonly orders: Map<OrderId, OrderState>
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

export interface OrderState {
  /** The highest version in the log. */
  readonly version: number
  readonly ended: OrderEnd | null
  readonly frozen: boolean
}

export function emptyMemory(): Memory {
  return {
    roster: undefined,
    log: emptyLog(),
    epoch: 1,
    forked: undefined,
    recovering: undefined,
    submissions: new Map(),
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

function emptyLog(): Memory['log'] {
  const frontier = new Frontier(nodeCrypto.sha256)
  return { size: 0, frontier, root: toHex(frontier.root()) }
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
      spend(memory, record)
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
      return learnSubmission(memory, fact)
    case 'order-ended':
      return changeOrder(memory, fact.order, { ended: fact.how })
    case 'order-frozen':
      return changeOrder(memory, fact.order, { frozen: true })
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
    case 'stop-latched': {
      const { stop, scope, value, expires } = fact
      if (!memory.lifted.has(stop)) memory.stops.set(stop, { stop, scope, value, expires })
      return
    }
    case 'stop-lifted':
      memory.stops.delete(fact.stop)
      memory.lifted.add(fact.stop)
      return
  }
}

/** The first entry counts: a second one cannot move an order to another technician or bring a version back. */
function learnSubmission({ submissions, orders }: Memory, fact: Submission): void {
  if (submissions.has(fact.orderDigest)) return
  submissions.set(fact.orderDigest, fact)
  const before = orders.get(fact.order)
  if (before !== undefined && before.version >= fact.version) return
  const ended = before?.ended === 'over' ? 'over' : null
  orders.set(fact.order, { version: fact.version, ended, frozen: before?.frozen ?? false })
}

function changeOrder({ orders }: Memory, order: OrderId, change: Partial<OrderState>): void {
  const before = orders.get(order)
  if (before === undefined || (before.ended === 'over' && change.ended !== undefined)) return
  orders.set(order, { ...before, ...change })
}

function spend(memory: Memory, { run, serial, at, notAfter }: Spend): void {
  memory.spends.set(run, { run, serial, at, notAfter })
  memory.open.add(run)
}

/** The log is read again from its start; what was spent stays spent, whatever that log says. */
function recover(memory: Memory, { epoch, size, root }: AcceptedHead): void {
  memory.log = emptyLog()
  memory.epoch = epoch
  memory.forked = undefined
  memory.recovering = size === 0 ? undefined : { epoch, size, root }
  forgetLog(memory)
  for (const run of memory.spends.keys()) memory.ended.set(run, { run, result: 'unknown', entry: -1 })
}

function forgetLog(memory: Memory): void {
  for (const part of ['submissions', 'orders', 'intents', 'ended', 'open'] as const) memory[part].clear()
}

/** Takes a snapshot for all there is: what it left out is forgotten. */
function restore(memory: Memory, record: Snapshot): void {
  forgetLog(memory)
  for (const part of ['spends', 'stops', 'lifted'] as const) memory[part].clear()
  memory.roster = record.roster === null ? undefined : heldRoster(record.roster)
  memory.log = logOf(record.log)
  memory.epoch = record.epoch
  memory.forked = record.forked ?? undefined
  memory.recovering = record.recovering ?? undefined
  for (const stop of record.lifted) memory.lifted.add(stop)
  for (const spent of record.spends) spend(memory, spent)
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
