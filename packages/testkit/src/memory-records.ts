import type { Digest, OrderId, PersonId, RunId } from '@chaperone/encoding'
import {
  activeRun,
  type SignedRoster,
  type SignedStatement,
  type Stop,
  type WorkOrder,
} from '@chaperone/domain'
import type {
  Enrolment,
  Ephemera,
  Opening,
  PendingKey,
  RecordingChunk,
  RecordReader,
  Records,
  Session,
  SignInKey,
  Ticket,
} from '@chaperone/usecases'
import type { MemoryState } from './memory-ledger.ts'

/** Records in memory; `begin` is what `memoryLedger` takes for state. */
export interface MemoryRecords extends MemoryState<Records> {
  readonly reader: RecordReader
  readonly ephemera: Ephemera
}

interface Tables {
  readonly orders: Map<OrderId, WorkOrder>
  readonly openings: Map<Digest, Opening>
  readonly chunks: Map<string, RecordingChunk>
  readonly history: Map<RunId, HistoryRow>
  readonly rosters: Map<number, SignedRoster>
  readonly names: Map<PersonId, string>
  readonly stops: Map<
    Digest,
    { readonly stop: Stop; readonly statement: SignedStatement; readonly lifted: boolean }
  >
  readonly enrolments: Map<Digest, Enrolment>
  readonly signInKeys: Map<string, SignInKey>
  readonly pendingKeys: Map<string, PendingKey>
  readonly sessions: Map<Digest, Session>
  readonly tickets: Map<Digest, Ticket>
  readonly challenges: Map<Digest, { readonly purpose: string; readonly expires: string }>
}

type HistoryRow = Awaited<ReturnType<RecordReader['history']>>[number] & { readonly target: string }

/**
 * A transaction works on a copy and its changes are done again on what is kept when it commits, so
 * that what was written beside it (a challenge, a session's time) stays.
 */
export function memoryRecords(): MemoryRecords {
  const kept = emptyTables()
  return {
    reader: reader(kept),
    ephemera: ephemera(kept),
    begin() {
      const draft = copyTables(kept)
      const changes: ((tables: Tables) => void)[] = []
      const change = (make: (tables: Tables) => void) => {
        make(draft)
        changes.push(make)
      }
      return { sql: records(draft, change), commit: () => changes.forEach((make) => make(kept)) }
    },
  }
}

function emptyTables(): Tables {
  return {
    orders: new Map(),
    openings: new Map(),
    chunks: new Map(),
    history: new Map(),
    rosters: new Map(),
    names: new Map(),
    stops: new Map(),
    enrolments: new Map(),
    signInKeys: new Map(),
    pendingKeys: new Map(),
    sessions: new Map(),
    tickets: new Map(),
    challenges: new Map(),
  }
}

function copyTables(tables: Tables): Tables {
  const copies = Object.entries(tables).map(([name, rows]) => [name, new Map(rows as Map<unknown, unknown>)])
  return Object.fromEntries(copies) as Tables // the same names with the same kinds of rows
}

function records(draft: Tables, change: (make: (tables: Tables) => void) => void): Records {
  return {
    // Transactions take turns here, so that holding is reading.
    async holdInForce() {
      const inForce = [...draft.stops].filter(([, row]) => !row.lifted)
      return { roster: Math.max(0, ...draft.rosters.keys()), stops: inForce.map(([stop]) => stop) }
    },
    lockOrder: async (order) => draft.orders.get(order),
    saveOrder: async (order) => change(({ orders, history }) => saveOrder(orders, history, order)),
    putOpening: async (opening) => change(({ openings }) => putOnce(openings, opening.commitment, opening)),
    putChunk: async (chunk) => change(({ chunks }) => putOnce(chunks, `${chunk.run} ${chunk.index}`, chunk)),
    putRoster: async (version, roster) => change(({ rosters }) => insert(rosters, version, roster)),
    putName: async (person, name) => change(({ names }) => names.set(person, name)),
    async putStop(stop, statement) {
      const isNew = !draft.stops.has(stop.stop)
      change(({ stops }) => putOnce(stops, stop.stop, { stop, statement, lifted: false }))
      return isNew
    },
    liftStop: async (stop) =>
      change(({ stops }) => {
        const row = stops.get(stop)
        if (row !== undefined) stops.set(stop, { ...row, lifted: true })
      }),
    putEnrolment: async (enrolment) =>
      change(({ enrolments }) => enrolments.set(enrolment.secret, enrolment)),
    async takeEnrolment(secret, use, now) {
      const row = draft.enrolments.get(secret)
      const done = use === 'sign-in' ? 'signInDone' : 'decidingDone'
      if (row === undefined || row.expires <= now || row[done]) return false
      change(({ enrolments }) => enrolments.set(secret, { ...row, [done]: true }))
      return true
    },
    putSignInKey: async (key) => change(({ signInKeys }) => insert(signInKeys, key.id, key)),
    putPendingKey: async (key) => change(({ pendingKeys }) => insert(pendingKeys, key.key, key)),
    putSession: async (session) => change(({ sessions }) => insert(sessions, session.secret, session)),
    putTicket: async (ticket) => change(({ tickets }) => insert(tickets, ticket.secret, ticket)),
    async takeTicket(secret) {
      const ticket = draft.tickets.get(secret)
      change(({ tickets }) => tickets.delete(secret))
      return ticket
    },
  }
}

function insert<K, V>(rows: Map<K, V>, key: K, row: V): void {
  if (rows.has(key)) throw new Error(`a row \`${String(key)}\` is there already`)
  rows.set(key, row)
}

function putOnce<K, V>(rows: Map<K, V>, key: K, row: V): void {
  if (!rows.has(key)) rows.set(key, row)
}

function saveOrder(orders: Tables['orders'], history: Tables['history'], order: WorkOrder): void {
  orders.set(order.order, order)
  const last = order.runs.findLast((run) => run.endedAt !== null)
  if (last === undefined || last.endedAt === null || last.outcome === null) return
  const { run, target, step, endedAt: at, outcome } = last
  putOnce(history, run, { target, order: order.order, step, at, result: outcome.result })
}

function reader(kept: Tables): RecordReader {
  const newestFirst = () =>
    [...kept.orders.values()].sort((a, b) => b.submittedAt.localeCompare(a.submittedAt, 'en'))
  const rosters = () =>
    [...kept.rosters].map(([version, roster]) => ({ version, roster })).sort((a, b) => a.version - b.version)
  return {
    order: async (order) => kept.orders.get(order),
    ordersOf: async (technician, limit, offset) =>
      newestFirst()
        .filter((order) => order.technician === technician)
        .slice(offset, offset + limit),
    orders: async (open) => newestFirst().filter((order) => !open || order.ended === null),
    running: async () => newestFirst().filter((order) => activeRun(order) !== undefined),
    allowed: async () =>
      newestFirst().filter(
        (order) => order.allowances.length > 0 && activeRun(order) === undefined && order.ended === null,
      ),
    history: async (target, limit) =>
      [...kept.history.values()]
        .filter((row) => row.target === target)
        .sort((a, b) => b.at.localeCompare(a.at, 'en'))
        .slice(0, limit)
        .map(({ order, step, at, result }) => ({ order, step, at, result })),
    opening: async (commitment) => kept.openings.get(commitment),
    openings: async (order) => [...kept.openings.values()].filter((opening) => opening.order === order),
    chunks: async (run) =>
      [...kept.chunks.values()].filter((chunk) => chunk.run === run).sort((a, b) => a.index - b.index),
    roster: async (version) => kept.rosters.get(version),
    latestRoster: async () => rosters().at(-1),
    rostersFrom: async (version) => rosters().filter((row) => row.version >= version),
    names: async () => new Map(kept.names),
    stops: async () => [...kept.stops.values()].filter((row) => !row.lifted).map((row) => row.stop),
    stopStatement: async (stop) => kept.stops.get(stop)?.statement,
    enrolment: async (secret) => kept.enrolments.get(secret),
    signInKey: async (id) => kept.signInKeys.get(id),
    signInKeysOf: async (person) => [...kept.signInKeys.values()].filter((key) => key.person === person),
    pendingKeys: async () => [...kept.pendingKeys.values()],
    session: async (secret) => kept.sessions.get(secret),
    ticket: async (secret) => kept.tickets.get(secret),
  }
}

function ephemera(kept: Tables): Ephemera {
  return {
    putChallenge: async (challenge, purpose, expires) =>
      insert(kept.challenges, challenge, { purpose, expires }),
    async takeChallenge(challenge, purpose, now) {
      const row = kept.challenges.get(challenge)
      kept.challenges.delete(challenge)
      return row !== undefined && row.purpose === purpose && now < row.expires
    },
    async touchSession(secret, seen) {
      const session = kept.sessions.get(secret)
      if (session !== undefined) kept.sessions.set(secret, { ...session, seen })
    },
    async endSession(secret) {
      kept.sessions.delete(secret)
    },
    async countSignInKey(id, counter) {
      const key = kept.signInKeys.get(id)
      if (key !== undefined) kept.signInKeys.set(id, { ...key, counter })
    },
    async forget(now) {
      for (const rows of [kept.sessions, kept.tickets, kept.challenges, kept.enrolments] as const) {
        for (const [key, row] of rows) if (row.expires < now) rows.delete(key)
      }
    },
  }
}
