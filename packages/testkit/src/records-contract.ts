import assert from 'node:assert/strict'
import { utf8 } from '@chaperone/encoding'
import type { SignedStatement, WorkOrder } from '@chaperone/domain'
import type { Ephemera, Ledger, Opening, RecordReader, Records } from '@chaperone/usecases'
import type { ContractRule } from './ledger-contract.ts'
import { sampleDigest, sampleInstant } from './sample-log.ts'

/** Empty records behind an empty ledger. */
export interface RecordsSubject extends AsyncDisposable {
  readonly ledger: Pick<Ledger<Records>, 'transact'>
  readonly reader: RecordReader
  readonly ephemera: Ephemera
}

/** What `Records`, `RecordReader` and `Ephemera` must do together. */
export function recordsContract(make: () => Promise<RecordsSubject>): readonly ContractRule[] {
  const rules: readonly (readonly [string, (subject: RecordsSubject) => Promise<void>])[] = [
    ['keeps what a transaction wrote, and shows it to nobody before', isolation],
    ['keeps nothing of a transaction that throws', rollback],
    ['changes an order one after the other', lockedOrders],
    ['finds orders by technician and by state, newest first', orderLists],
    ['remembers what ran on a target, newest first', history],
    ['opens what was committed to', openings],
    ['hands out chunks of a recording in order, each as it was first written', chunks],
    ['keeps every roster once', rosters],
    ['keeps names, and the newest of each', names],
    ['keeps stops until they are lifted, and their statements after', stops],
    ['holds what is in force until the transaction has ended', inForce],
    ['changes what is in force one after the other', changesApart],
    ['keeps enrolments, keys and sessions', people],
    ['lets a link be used once for each kind of key, in its time', enrolments],
    ['hands out a ticket once', tickets],
    ['takes a challenge once, for its purpose, in its time', challenges],
    ['forgets what ran out', forgets],
  ]
  return rules.map(([name, rule]) => ({
    name,
    async run() {
      await using subject = await make()
      await rule(subject)
    },
  }))
}

type Writes = (records: Records) => Promise<void>

async function write({ ledger }: RecordsSubject, ...writes: readonly Writes[]): Promise<void> {
  await ledger.transact(async (tx) => {
    for (const change of writes) await change(tx.sql)
  })
}

const [ana, bo] = ['p-anaanaana', 'p-bobobobob']
const statement: SignedStatement = { text: 'text', signature: 'signature' }
const secret = (word: string) => sampleDigest('secret', word)

function anOrder(order: string, facts: Partial<WorkOrder> = {}): WorkOrder {
  return {
    order,
    version: 1,
    orderDigest: sampleDigest('order', order),
    technician: ana,
    submittedAt: sampleInstant(0),
    notBefore: sampleInstant(0),
    notAfter: sampleInstant(9999),
    steps: [],
    rollbackSteps: 0,
    claim: null,
    notes: [],
    questions: [],
    requests: [],
    comprehension: [],
    allowances: [],
    runs: [],
    releases: [],
    ended: null,
    frozenBy: null,
    erased: false,
    ...facts,
  }
}

function aRun(
  word: string,
  at: number,
  facts: Partial<WorkOrder['runs'][number]> = {},
): WorkOrder['runs'][number] {
  return {
    run: sampleDigest('run', word).slice(0, 32),
    version: 1,
    step: 1,
    attempt: 1,
    target: 'web-1',
    state: 'ended',
    intendedAt: sampleInstant(at),
    startedAt: sampleInstant(at),
    endedAt: sampleInstant(at),
    outcome: { result: 'succeeded' },
    killedBy: null,
    ...facts,
  }
}

const allowance: WorkOrder['allowances'][number] = {
  escort: bo,
  statement: sampleDigest('allow'),
  roster: 1,
  notBefore: sampleInstant(0),
  notAfter: sampleInstant(9999),
  lines: [],
}

async function isolation(subject: RecordsSubject): Promise<void> {
  await subject.ledger.transact(async ({ sql }) => {
    await sql.saveOrder(anOrder('wo-aaaaaaaa'))
    await sql.putName(ana, 'Ana')
    assert.deepEqual(await sql.lockOrder('wo-aaaaaaaa'), anOrder('wo-aaaaaaaa'))
    assert.equal(await subject.reader.order('wo-aaaaaaaa'), undefined)
    assert.equal((await subject.reader.names()).size, 0)
  })
  assert.deepEqual(await subject.reader.order('wo-aaaaaaaa'), anOrder('wo-aaaaaaaa'))
  assert.equal((await subject.reader.names()).get(ana), 'Ana')
}

async function rollback(subject: RecordsSubject): Promise<void> {
  const failed = subject.ledger.transact(async ({ sql }) => {
    await sql.saveOrder(anOrder('wo-aaaaaaaa'))
    await sql.putOpening(anOpening('x', 'wo-aaaaaaaa'))
    await sql.putSession(aSession('x', 100))
    throw new Error('no')
  })
  await assert.rejects(failed, { message: 'no' })
  assert.equal(await subject.reader.order('wo-aaaaaaaa'), undefined)
  assert.deepEqual(await subject.reader.openings('wo-aaaaaaaa'), [])
  assert.equal(await subject.reader.session(secret('x')), undefined)
}

async function lockedOrders(subject: RecordsSubject): Promise<void> {
  await write(subject, (sql) => sql.saveOrder(anOrder('wo-aaaaaaaa', { version: 0 })))
  const increment = () =>
    write(subject, async (sql) => {
      const order = await sql.lockOrder('wo-aaaaaaaa')
      assert.ok(order !== undefined)
      await sql.saveOrder({ ...order, version: order.version + 1 })
    })
  await Promise.all(Array.from({ length: 20 }, increment))
  assert.equal((await subject.reader.order('wo-aaaaaaaa'))?.version, 20)
}

async function orderLists(subject: RecordsSubject): Promise<void> {
  const orders = [
    anOrder('wo-aaaaaaaa', { submittedAt: sampleInstant(1) }),
    anOrder('wo-bbbbbbbb', { submittedAt: sampleInstant(3), technician: bo, allowances: [allowance] }),
    anOrder('wo-cccccccc', { submittedAt: sampleInstant(2), ended: 'withdrawn', allowances: [allowance] }),
    anOrder('wo-dddddddd', {
      submittedAt: sampleInstant(4),
      allowances: [allowance],
      runs: [aRun('d', 5, { state: 'started', endedAt: null, outcome: null })],
    }),
  ]
  await write(subject, ...orders.map((order) => (sql: Records) => sql.saveOrder(order)))
  const { reader } = subject
  const named = async (list: Promise<readonly WorkOrder[]>) =>
    (await list).map(({ order }) => order.slice(3, 4))
  assert.deepEqual(await named(reader.orders(false)), ['d', 'b', 'c', 'a'])
  assert.deepEqual(await named(reader.orders(true)), ['d', 'b', 'a'])
  assert.deepEqual(await named(reader.ordersOf(ana, 9, 0)), ['d', 'c', 'a'])
  assert.deepEqual(await named(reader.ordersOf(ana, 1, 1)), ['c'])
  assert.deepEqual(await named(reader.ordersOf(ana, 9, 3)), [])
  assert.deepEqual(await named(reader.running()), ['d'])
  assert.deepEqual(await named(reader.allowed()), ['b'])
  assert.equal(await reader.order('wo-zzzzzzzz'), undefined)
}

async function history(subject: RecordsSubject): Promise<void> {
  const failed = aRun('two', 20, { outcome: { result: 'failed', exit: 1, signal: null }, step: 2 })
  const running = aRun('three', 30, { state: 'started', endedAt: null, outcome: null })
  const elsewhere = aRun('four', 40, { target: 'db-1' })
  await write(subject, (sql) => sql.saveOrder(anOrder('wo-aaaaaaaa', { runs: [aRun('one', 10)] })))
  await write(subject, (sql) => sql.saveOrder(anOrder('wo-aaaaaaaa', { runs: [aRun('one', 10), failed] })))
  await write(subject, (sql) =>
    sql.saveOrder(anOrder('wo-aaaaaaaa', { runs: [aRun('one', 10), failed, running] })),
  )
  await write(subject, (sql) => sql.saveOrder(anOrder('wo-bbbbbbbb', { runs: [elsewhere] })))
  const rows = await subject.reader.history('web-1', 10)
  assert.deepEqual(rows, [
    { order: 'wo-aaaaaaaa', step: 2, at: sampleInstant(20), result: 'failed' },
    { order: 'wo-aaaaaaaa', step: 1, at: sampleInstant(10), result: 'succeeded' },
  ])
  assert.deepEqual(await subject.reader.history('web-1', 1), rows.slice(0, 1))
}

function anOpening(word: string, order: string): Opening {
  return {
    commitment: sampleDigest('commitment', word),
    order,
    kind: 'step',
    salt: sampleDigest('salt', word),
    value: utf8(`value ${word}`),
  }
}

async function openings(subject: RecordsSubject): Promise<void> {
  const [one, two, other] = [
    anOpening('one', 'wo-aaaaaaaa'),
    anOpening('two', 'wo-aaaaaaaa'),
    anOpening('other', 'wo-bbbbbbbb'),
  ]
  const again = { ...one, value: utf8('another') }
  const puts = [one, two, other, again].map((opening) => (sql: Records) => sql.putOpening(opening))
  await write(subject, ...puts)
  assert.deepEqual(plain(await subject.reader.opening(one.commitment)), plain(one))
  assert.equal(await subject.reader.opening(sampleDigest('none')), undefined)
  const found = (await subject.reader.openings('wo-aaaaaaaa')).map(plain)
  assert.deepEqual(
    found.sort((a, b) => (a.value < b.value ? -1 : 1)),
    [plain(one), plain(two)],
  )
  assert.deepEqual(await subject.reader.openings('wo-zzzzzzzz'), [])
}

/** Bytes as text: a `Buffer` and a `Uint8Array` of the same bytes are the same. */
function plain<T extends object>(row: T | undefined): { readonly [K in keyof T]: string } {
  const members = Object.entries(row ?? {}).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value),
  ])
  return Object.fromEntries(members) as { readonly [K in keyof T]: string }
}

async function chunks(subject: RecordsSubject): Promise<void> {
  const run = sampleDigest('run').slice(0, 32)
  const chunk = (index: number) => ({
    order: 'wo-aaaaaaaa',
    run,
    index,
    sealed: utf8(`sealed ${index}`),
    link: utf8(`link ${index}`),
  })
  await write(subject, ...[1, 0, 2].map((index) => (sql: Records) => sql.putChunk(chunk(index))))
  assert.deepEqual((await subject.reader.chunks(run)).map(plain), [0, 1, 2].map(chunk).map(plain))
  await write(subject, (sql) => sql.putChunk({ ...chunk(1), sealed: utf8('another') }))
  assert.deepEqual((await subject.reader.chunks(run)).map(plain), [0, 1, 2].map(chunk).map(plain))
}

async function rosters(subject: RecordsSubject): Promise<void> {
  const roster = (version: number) => ({ bytes: utf8(`roster ${version}`), adoptions: [statement] })
  const { reader } = subject
  assert.equal(await reader.latestRoster(), undefined)
  await write(
    subject,
    ...[1, 3, 2].map((version) => (sql: Records) => sql.putRoster(version, roster(version))),
  )
  const latest = await reader.latestRoster()
  assert.equal(latest?.version, 3)
  assert.equal(Buffer.from(latest.roster.bytes).toString(), 'roster 3')
  assert.deepEqual((await reader.roster(2))?.adoptions, [statement])
  assert.equal(await reader.roster(4), undefined)
  assert.deepEqual(
    (await reader.rostersFrom(2)).map(({ version }) => version),
    [2, 3],
  )
  await assert.rejects(write(subject, (sql) => sql.putRoster(2, roster(9))))
}

async function names(subject: RecordsSubject): Promise<void> {
  await write(
    subject,
    (sql) => sql.putName(ana, 'Ana'),
    (sql) => sql.putName(bo, 'Bo'),
    (sql) => sql.putName(ana, 'Ana Maria'),
  )
  assert.deepEqual(
    await subject.reader.names(),
    new Map([
      [ana, 'Ana Maria'],
      [bo, 'Bo'],
    ]),
  )
}

async function stops(subject: RecordsSubject): Promise<void> {
  const [one, two] = [
    { stop: sampleDigest('stop', 1), scope: 'person', value: ana, expires: 'never' },
    { stop: sampleDigest('stop', 2), scope: 'all', value: '*', expires: sampleInstant(5) },
  ] as const
  const another: SignedStatement = { text: 'another', signature: 'signature' }
  await write(
    subject,
    async (sql) => assert.equal(await sql.putStop(one, statement), true),
    async (sql) => assert.equal(await sql.putStop(two, another), true),
    async (sql) => assert.equal(await sql.putStop(one, another), false),
    (sql) => sql.liftStop(two.stop),
  )
  assert.deepEqual(await subject.reader.stops(), [one])
  assert.deepEqual(await subject.reader.stopStatement(one.stop), statement)
  assert.deepEqual(await subject.reader.stopStatement(two.stop), another)
  assert.equal(await subject.reader.stopStatement(sampleDigest('stop', 3)), undefined)
  // A stop that was put again does not come back when it was lifted.
  await write(subject, async (sql) => assert.equal(await sql.putStop(two, another), false))
  assert.deepEqual(await subject.reader.stops(), [one])
}

/** Each reads, thinks and adds one: who did not wait would read what another is about to change. */
async function changesApart(subject: RecordsSubject): Promise<void> {
  const roster = { bytes: utf8('roster'), adoptions: [statement] }
  const next = () =>
    write(subject, async (sql) => {
      const held = await sql.holdInForce('to-change')
      await sql.putRoster(held.roster + 1, roster)
    })
  await Promise.all(Array.from({ length: 8 }, next))
  assert.equal((await subject.reader.latestRoster())?.version, 8)
}

async function inForce(subject: RecordsSubject): Promise<void> {
  const roster = { bytes: utf8('roster'), adoptions: [statement] }
  const stop = { stop: sampleDigest('stop'), scope: 'all', value: '*', expires: 'never' } as const
  const held = async () => (await subject.ledger.transact(({ sql }) => sql.holdInForce('to-decide'))).value
  assert.deepEqual(await held(), { roster: 0, stops: [] })
  await write(subject, (sql) => sql.putRoster(1, roster))
  const changes: Promise<void>[] = []
  await subject.ledger.transact(async ({ sql }) => {
    assert.deepEqual(await sql.holdInForce('to-decide'), { roster: 1, stops: [] })
    changes.push(write(subject, (other) => other.putRoster(2, roster)))
    changes.push(
      write(subject, async (other) => {
        await other.holdInForce('to-change')
        await other.putStop(stop, statement)
      }),
    )
    for (let look = 0; look < 100; look++) {
      assert.equal((await subject.reader.latestRoster())?.version, 1)
      assert.deepEqual(await subject.reader.stops(), [])
    }
  })
  await Promise.all(changes)
  assert.deepEqual(await held(), { roster: 2, stops: [stop.stop] })
  await write(subject, (sql) => sql.liftStop(stop.stop))
  assert.deepEqual(await held(), { roster: 2, stops: [] })
}

function aSession(word: string, expires: number) {
  const at = sampleInstant(0)
  return {
    secret: secret(word),
    person: ana,
    kind: 'browser',
    created: at,
    seen: at,
    expires: sampleInstant(expires),
  } as const
}

async function people(subject: RecordsSubject): Promise<void> {
  const { reader, ephemera } = subject
  const enrolment = {
    secret: secret('link'),
    person: ana,
    expires: sampleInstant(9),
    signInDone: false,
    decidingDone: false,
  }
  const key = { id: 'key-1', person: ana, publicKey: utf8('key'), counter: 1 }
  const pending = {
    key: 'SHA256:x',
    person: ana,
    blob: utf8('blob'),
    class: 'passkey',
    origin: 'https://x',
  } as const
  await write(
    subject,
    (sql) => sql.putEnrolment(enrolment),
    (sql) => sql.putSignInKey(key),
    (sql) => sql.putPendingKey(pending),
    (sql) => sql.putSession(aSession('one', 9)),
    (sql) => sql.putSession(aSession('two', 9)),
  )
  assert.deepEqual(await reader.enrolment(secret('link')), enrolment)
  assert.equal(await reader.enrolment(secret('none')), undefined)
  await ephemera.countSignInKey('key-1', 7)
  assert.deepEqual(plain(await reader.signInKey('key-1')), plain({ ...key, counter: 7 }))
  assert.deepEqual((await reader.signInKeysOf(ana)).length, 1)
  assert.deepEqual(await reader.signInKeysOf(bo), [])
  assert.deepEqual((await reader.pendingKeys()).map(plain), [plain(pending)])
  await assert.rejects(write(subject, (sql) => sql.putSignInKey({ ...key, person: bo })))
  await ephemera.touchSession(secret('one'), sampleInstant(3))
  assert.deepEqual(await reader.session(secret('one')), { ...aSession('one', 9), seen: sampleInstant(3) })
  await ephemera.endSession(secret('one'))
  assert.equal(await reader.session(secret('one')), undefined)
  assert.deepEqual(await reader.session(secret('two')), aSession('two', 9))
}

function aTicket(word: string, expires: number) {
  return {
    secret: secret(word),
    person: bo,
    order: 'wo-aaaaaaaa',
    kind: 'allow',
    statement: 'text',
    expires: sampleInstant(expires),
  } as const
}

async function enrolments(subject: RecordsSubject): Promise<void> {
  const link = {
    secret: secret('link'),
    person: ana,
    expires: sampleInstant(9),
    signInDone: false,
    decidingDone: false,
  }
  await write(subject, (sql) => sql.putEnrolment(link))
  const take = async (use: 'sign-in' | 'decide', at = 5, word = 'link') =>
    (await subject.ledger.transact(({ sql }) => sql.takeEnrolment(secret(word), use, sampleInstant(at))))
      .value
  const refused = subject.ledger.transact(async ({ sql }) => {
    assert.equal(await sql.takeEnrolment(link.secret, 'decide', sampleInstant(5)), true)
    throw new Error('no')
  })
  await assert.rejects(refused, { message: 'no' })
  assert.equal(await take('sign-in', 9), false)
  assert.equal(await take('sign-in', 5, 'none'), false)
  for (const use of ['sign-in', 'decide'] as const) {
    const taken = await Promise.all([take(use), take(use), take(use)])
    assert.deepEqual(taken.sort(), [false, false, true])
  }
  const taken = { ...link, signInDone: true, decidingDone: true }
  assert.deepEqual(await subject.reader.enrolment(link.secret), taken)
}

async function tickets(subject: RecordsSubject): Promise<void> {
  const ticket = aTicket('one', 9)
  await write(subject, (sql) => sql.putTicket(ticket))
  assert.deepEqual(await subject.reader.ticket(secret('one')), ticket)
  const refused = subject.ledger.transact(async ({ sql }) => {
    assert.deepEqual(await sql.takeTicket(secret('one')), ticket)
    throw new Error('no')
  })
  await assert.rejects(refused, { message: 'no' })
  const take = async () => (await subject.ledger.transact(({ sql }) => sql.takeTicket(secret('one')))).value
  const taken = await Promise.all([take(), take(), take()])
  assert.deepEqual(
    taken.filter((one) => one !== undefined),
    [ticket],
  )
  assert.equal(await subject.reader.ticket(secret('one')), undefined)
}

async function challenges({ ephemera }: RecordsSubject): Promise<void> {
  const put = (word: string) => ephemera.putChallenge(secret(word), 'sign-in', sampleInstant(10))
  const take = (word: string, purpose: string, at: number) =>
    ephemera.takeChallenge(secret(word), purpose, sampleInstant(at))
  await Promise.all(['fine', 'other', 'late'].map(put))
  assert.equal(await take('other', 'enrol', 5), false)
  assert.equal(await take('other', 'sign-in', 5), false)
  assert.equal(await take('late', 'sign-in', 10), false)
  assert.equal(await take('none', 'sign-in', 5), false)
  const taken = await Promise.all([take('fine', 'sign-in', 9), take('fine', 'sign-in', 9)])
  assert.deepEqual(taken.sort(), [false, true])
}

async function forgets(subject: RecordsSubject): Promise<void> {
  const { reader, ephemera } = subject
  const link = { secret: secret('link'), person: ana, signInDone: false, decidingDone: false }
  await write(
    subject,
    (sql) => sql.putSession(aSession('old', 5)),
    (sql) => sql.putSession(aSession('new', 15)),
    (sql) => sql.putTicket(aTicket('old', 5)),
    (sql) => sql.putEnrolment({ ...link, expires: sampleInstant(5) }),
  )
  await ephemera.putChallenge(secret('old'), 'sign-in', sampleInstant(5))
  await ephemera.forget(sampleInstant(10))
  assert.equal(await reader.session(secret('old')), undefined)
  assert.equal(await reader.ticket(secret('old')), undefined)
  assert.equal(await reader.enrolment(secret('link')), undefined)
  assert.equal(await ephemera.takeChallenge(secret('old'), 'sign-in', sampleInstant(1)), false)
  assert.deepEqual(await reader.session(secret('new')), aSession('new', 15))
}
