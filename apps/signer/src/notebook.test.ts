import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { toHex } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { Frontier } from '@chaperone/tlog'
import { afterAll, expect, test } from 'vitest'
import { instantAt, organisation } from '../test/organisation.ts'
import { openJournal } from './journal.ts'
import type { Fact, News } from './journal-record.ts'
import type { Memory } from './memory.ts'
import { openNotebook } from './notebook.ts'
import { pendingFacts } from './pending-facts.ts'
import { forgettingLimit } from './snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'chaperone-notebook-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let made = 0

const digest = (n: number) => n.toString(16).padStart(64, '0')
const run = (n: number) => n.toString(16).padStart(32, '0')
const day = 24 * 60 * 60
const { roster: _, ...made1 } = organisation()

const small = fc.nat({ max: 3 })
const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({
    type: fc.constant('order' as const),
    orderDigest: small.map(digest),
    order: fc.constantFrom('wo-00000001', 'wo-00000002'),
    version: fc.integer({ min: 1, max: 3 }),
    technician: fc.constantFrom('p-technician', 'p-somebodyelse'),
    notAfter: fc.constantFrom(-2 * day, 0, day).map(instantAt),
  }),
  fc.record({
    type: fc.constant('order-ended' as const),
    order: fc.constantFrom('wo-00000001', 'wo-00000002'),
    how: fc.constantFrom('forbidden' as const, 'over' as const),
  }),
  fc.record({
    type: fc.constant('order-frozen' as const),
    order: fc.constantFrom('wo-00000001', 'wo-00000002'),
  }),
  fc.record({
    type: fc.constant('intent' as const),
    run: small.map(run),
    orderDigest: small.map(digest),
    step: fc.constant(1),
    attempt: fc.constant(1),
    stepDigest: small.map(digest),
    target: fc.constant('web-1'),
    decisions: fc.constant([]),
    after: fc.constant(null),
    entry: fc.nat(),
    at: fc.constant(instantAt(0)),
  }),
  fc.record({
    type: fc.constant('ended' as const),
    run: small.map(run),
    result: fc.constantFrom('succeeded' as const, 'unknown' as const),
    entry: fc.nat(),
  }),
  fc.record({
    type: fc.constant('stop-latched' as const),
    stop: small.map(digest),
    scope: fc.constant('all' as const),
    value: fc.constant('all'),
    expires: fc.constant('never' as const),
  }),
  fc.record({ type: fc.constant('stop-lifted' as const), stop: small.map(digest) }),
)

const news: fc.Arbitrary<News> = fc.oneof(
  fc.record({
    type: fc.constant('run-spent' as const),
    run: small.map(run),
    serial: fc.constant('7'),
    notAfter: fc.constantFrom(-2 * day, day).map(instantAt),
  }),
  fc.array(fact, { maxLength: 6 }).map((facts): News => {
    const frontier = new Frontier(nodeCrypto.sha256)
    return { type: 'log-read', facts, size: 0, frontier: '', root: toHex(frontier.root()) }
  }),
  fc.constant({ type: 'log-forked' as const, checkpoint: 'x' }),
  fc.constant({ type: 'recovered' as const, epoch: 2, size: 5, root: digest(1) }),
  fc.constant({
    type: 'roster-held' as const,
    bytes: Buffer.from(made1.signedRoster.bytes).toString('base64'),
    adoptions: made1.signedRoster.adoptions,
  }),
)

/** What may be issued must not depend on whether the journal was replaced; what is long over may be forgotten. */
function decisive(memory: Memory): object {
  const limit = forgettingLimit(instantAt(0))
  const current = [...memory.submissions.values()].filter((submission) => submission.notAfter >= limit)
  const orders = new Set(current.map(({ order }) => order))
  const digests = new Set(current.map(({ orderDigest }) => orderDigest))
  const intents = [...memory.intents.values()].filter(
    (intent) => digests.has(intent.orderDigest) || memory.open.has(intent.run),
  )
  return {
    roster: memory.roster?.digest,
    log: [memory.log.size, memory.log.root],
    rest: [memory.epoch, memory.forked, memory.recovering],
    submissions: new Set(current),
    orders: new Map([...memory.orders].filter(([order]) => orders.has(order))),
    intents: new Set(intents),
    ended: new Set(intents.map((intent) => memory.ended.get(intent.run))),
    spends: new Set([...memory.spends.values()].filter((spend) => spend.notAfter >= limit)),
    open: memory.open,
    stops: memory.stops,
    lifted: memory.lifted,
  }
}

/** As a log goes that obeys the rules: versions rise, and what is intended was submitted. */
function lawful() {
  const versions = new Map<string, number>()
  const ends = new Map<string, string>()
  const intended = new Map<string, string>()
  return {
    permits(one: Fact): boolean {
      if (one.type === 'intent' && ends.has(one.orderDigest))
        intended.set(one.run, ends.get(one.orderDigest)!) // has it
      if (one.type === 'ended') intended.delete(one.run)
      if (one.type === 'intent') return ends.has(one.orderDigest)
      if (one.type !== 'order') return true
      const rises = one.version > (versions.get(one.order) ?? 0) && !ends.has(one.orderDigest)
      if (rises) versions.set(one.order, one.version)
      if (rises) ends.set(one.orderDigest, one.notAfter)
      return rises
    },
    /** When the order of an intended run ends. */
    endOf: (name: string) => intended.get(name),
  }
}

/** As a signer writes its journal: a run is spent once, while it is intended. */
function lawfulNews(all: readonly News[]): readonly News[] {
  let log = lawful()
  const spent = new Set<string>()
  return all.flatMap((one): News[] => {
    if (one.type === 'recovered') log = lawful()
    if (one.type === 'log-read') return [{ ...one, facts: one.facts.filter((each) => log.permits(each)) }]
    if (one.type !== 'run-spent') return [one]
    const notAfter = log.endOf(one.run)
    return notAfter === undefined || spent.size === spent.add(one.run).size ? [] : [{ ...one, notAfter }]
  })
}

test('a notebook that replaces its journal all the time remembers what one that never does remembers', () => {
  fc.assert(
    fc.property(fc.array(news, { maxLength: 12 }), (all) => {
      const open = (name: string, replaceAt: number) =>
        openNotebook(
          (onRecord) => openJournal(join(folder, name), onRecord),
          () => instantAt(0),
          replaceAt,
        )
      const names = [`kept${made}`, `replaced${made++}`] as const
      const [kept, replaced] = [open(names[0], Infinity), open(names[1], 1)]
      for (const one of lawfulNews(all)) {
        kept.remember(one)
        replaced.remember(one)
      }
      const expected = decisive(kept.memory)
      expect(decisive(replaced.memory)).toEqual(expected)
      kept.close()
      replaced.close()
      for (const name of names) {
        const again = open(name, Infinity)
        expect(decisive(again.memory)).toEqual(expected)
        again.close()
      }
    }),
    { numRuns: 100 },
  )
})

test('a journal is replaced when it has grown, and is small again', () => {
  const path = join(folder, `grown${made++}`)
  const notebook = openNotebook(
    (onRecord) => openJournal(path, onRecord),
    () => instantAt(0),
    4096,
  )
  for (let n = 0; n < 200; n++)
    notebook.remember({ type: 'run-spent', run: run(n), serial: '7', notAfter: instantAt(-2 * day) })
  for (let n = 0; n < 200; n++) {
    const ended = { type: 'ended', run: run(n), result: 'unknown', entry: n } as const
    const root = toHex(new Frontier(nodeCrypto.sha256).root())
    notebook.remember({ type: 'log-read', facts: [ended], size: 0, frontier: '', root })
  }
  expect(notebook.memory.open.size).toBe(0)
  expect(notebook.memory.spends.size).toBeLessThan(200)
  expect(readFileSync(path).length).toBeLessThan(100_000)
  notebook.close()
})

test('facts that can no longer matter are left out, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fact, { maxLength: 20 }), (drawn) => {
      const log = lawful()
      const facts = drawn.filter((one) => log.permits(one))
      const path = () => join(folder, `facts${made++}`)
      const open = () =>
        openNotebook(
          (onRecord) => openJournal(path(), onRecord),
          () => instantAt(0),
        )
      const [whole, pruned] = [open(), open()]
      const pending = pendingFacts(pruned.memory, forgettingLimit(instantAt(0)))
      for (const one of facts) pending.add(one)
      const root = toHex(new Frontier(nodeCrypto.sha256).root())
      const read = { type: 'log-read', size: 0, frontier: '', root } as const
      whole.remember({ ...read, facts })
      pruned.remember({ ...read, facts: pending.all() })
      expect(decisive(pruned.memory)).toEqual(decisive(whole.memory))
      whole.close()
      pruned.close()
    }),
    { numRuns: 100 },
  )
})
