import assert from 'node:assert/strict'
import { utf8, fromUtf8, toBase64, concat } from '@chaperone/encoding'
import { cosignNote, verifierKey, type VerifierKey } from '@chaperone/tlog'
import { generateKey, nodeCrypto } from '@chaperone/node-crypto'
import { leafBytesAtMost, type Ledger, type LedgerEntry } from '@chaperone/usecases'
import { checkLog } from './ledger-check.ts'

/** A new, empty ledger with a table of counters for state. */
export interface LedgerSubject<Sql> extends AsyncDisposable {
  readonly ledger: Ledger<Sql> & { close(): Promise<void> }
  readonly key: VerifierKey
  /** Adds one to a counter (0 at first) within the transaction, locking it, and answers the result. */
  increment(sql: Sql, counter: string): Promise<number>
  /** What is kept, read outside any transaction. */
  read(counter: string): Promise<number>
}

export interface ContractRule {
  readonly name: string
  readonly run: () => Promise<void>
}

/** What every `Ledger` must do: `test.for(ledgerContract(make))('$name', ({ run }) => run())`. */
export function ledgerContract<Sql>(make: () => Promise<LedgerSubject<Sql>>): readonly ContractRule[] {
  const rules: readonly (readonly [string, (subject: LedgerSubject<Sql>) => Promise<void>])[] = [
    ['answers the value and the places of the events, in order', placesInOrder],
    ['keeps nothing of a transaction that throws, and throws on what it threw', allOrNothing],
    ['keeps state without events, and events without state', eitherAlone],
    ['takes the largest leaf and refuses a larger one, of which nothing is kept', leafSize],
    ['copies a leaf when it is given', copies],
    ['refuses an event after the transaction', lateAppend],
    ['orders events on the same state as the state changed', orderOfState],
    ['gives a place of its own to each of many events at once', concurrent],
    ['acknowledges nothing that its checkpoint does not cover', acknowledged],
    ['reads up to the newest checkpoint', reading],
    ['waits for a size, or until told not to', waiting],
    ['hands out old and new entries, until told not to', following],
    ['ends a subscription when it closes', closing],
    ['refuses cosignatures that are none, or for no checkpoint', badCosignature],
    ['hands out cosignatures with their checkpoint, the latest of each witness', cosignatures],
    ['gives a lease to one holder, with a token that grows', leases],
    ['lets a lease run out', leaseEnds],
  ]
  return rules.map(([name, rule]) => ({
    name,
    async run() {
      await using subject = await make()
      await rule(subject)
    },
  }))
}

const texts = (entries: readonly LedgerEntry[]) => entries.map(({ leaf }) => fromUtf8(leaf))

async function placesInOrder<Sql>({ ledger, key }: LedgerSubject<Sql>): Promise<void> {
  const first = await ledger.transact(async (tx) => {
    tx.append(utf8('a'))
    tx.append(utf8('b'))
    return 'done'
  })
  assert.deepEqual(first, { value: 'done', entries: [{ index: 0 }, { index: 1 }] })
  const second = await ledger.transact(async (tx) => tx.append(utf8('c')))
  assert.deepEqual(second.entries, [{ index: 2 }])
  assert.deepEqual(texts(await ledger.entries(0, 3)), ['a', 'b', 'c'])
  assert.equal((await checkLog(ledger, key)).length, 3)
}

async function allOrNothing<Sql>({ ledger, key, increment, read }: LedgerSubject<Sql>): Promise<void> {
  const thrown = new Error('changed my mind')
  const failed = ledger.transact(async (tx) => {
    await increment(tx.sql, 'x')
    tx.append(utf8('never'))
    throw thrown
  })
  await assert.rejects(failed, (error) => error === thrown)
  assert.equal(await read('x'), 0)
  await ledger.transact(async (tx) => {
    await increment(tx.sql, 'x')
    tx.append(utf8('once'))
  })
  assert.equal(await read('x'), 1)
  assert.deepEqual((await checkLog(ledger, key)).map(fromUtf8), ['once'])
}

async function eitherAlone<Sql>({ ledger, key, increment, read }: LedgerSubject<Sql>): Promise<void> {
  const silent = await ledger.transact((tx) => increment(tx.sql, 'x'))
  assert.deepEqual(silent, { value: 1, entries: [] })
  assert.equal(await read('x'), 1)
  await ledger.transact(async (tx) => tx.append(utf8('')))
  assert.deepEqual((await checkLog(ledger, key)).map(fromUtf8), [''])
}

async function leafSize<Sql>({ ledger, key, increment, read }: LedgerSubject<Sql>): Promise<void> {
  const largest = new Uint8Array(leafBytesAtMost).fill(7)
  await ledger.transact(async (tx) => tx.append(largest))
  const refused = ledger.transact(async (tx) => {
    await increment(tx.sql, 'x')
    tx.append(new Uint8Array(leafBytesAtMost + 1))
  })
  await assert.rejects(refused, { code: 'leaf-too-large', retryable: true })
  assert.equal(await read('x'), 0)
  const leaves = await checkLog(ledger, key)
  assert.deepEqual(
    leaves.map((leaf) => leaf.length),
    [leafBytesAtMost],
  )
}

async function copies<Sql>({ ledger, key }: LedgerSubject<Sql>): Promise<void> {
  const leaf = utf8('before')
  await ledger.transact(async (tx) => {
    tx.append(leaf)
    leaf.fill(0)
  })
  assert.deepEqual((await checkLog(ledger, key)).map(fromUtf8), ['before'])
}

async function lateAppend<Sql>({ ledger, key }: LedgerSubject<Sql>): Promise<void> {
  const { value: append } = await ledger.transact(async (tx) => (leaf: Uint8Array) => tx.append(leaf))
  assert.throws(() => append(utf8('late')), { name: 'InvariantError' })
  assert.equal((await checkLog(ledger, key)).length, 0)
}

async function orderOfState<Sql>({ ledger, key, increment }: LedgerSubject<Sql>): Promise<void> {
  const each = async () => {
    await ledger.transact(async (tx) => tx.append(utf8(String(await increment(tx.sql, 'x')))))
  }
  await Promise.all(Array.from({ length: 40 }, each))
  assert.deepEqual(
    (await checkLog(ledger, key)).map(fromUtf8),
    Array.from({ length: 40 }, (_, i) => String(i + 1)),
  )
}

async function concurrent<Sql>({ ledger, key, increment, read }: LedgerSubject<Sql>): Promise<void> {
  const written = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const { entries } = await ledger.transact(async (tx) => {
        await increment(tx.sql, `c${i % 7}`)
        tx.append(utf8(`${i} first`))
        tx.append(utf8(`${i} second`))
      })
      return entries.map(({ index }) => index)
    }),
  )
  const leaves = (await checkLog(ledger, key)).map(fromUtf8)
  assert.equal(leaves.length, 200)
  for (const [i, [first = -1, second = -1]] of written.entries()) {
    assert.ok(first < second)
    assert.deepEqual([leaves[first], leaves[second]], [`${i} first`, `${i} second`])
  }
  assert.equal(await read('c0'), 15)
}

async function acknowledged<Sql>({ ledger, key }: LedgerSubject<Sql>): Promise<void> {
  const seen: string[] = []
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const { entries } = await ledger.transact(async (tx) => tx.append(utf8('x')))
      const checkpoint = await ledger.checkpoint()
      seen.push(checkpoint)
      assert.ok(Number(checkpoint.split('\n')[1]) > (entries[0]?.index ?? Infinity))
    }),
  )
  await checkLog(ledger, key, seen)
  const head = await ledger.head()
  assert.equal(
    `${key.name}\n${head.size}\n${toBase64(head.root)}`,
    (await ledger.checkpoint()).split('\n\n')[0],
  )
}

async function reading<Sql>({ ledger }: LedgerSubject<Sql>): Promise<void> {
  assert.deepEqual(await ledger.entries(0, 10), [])
  assert.equal((await ledger.head()).size, 0)
  await ledger.transact(async (tx) => ['a', 'b', 'c'].forEach((text) => tx.append(utf8(text))))
  assert.deepEqual(texts(await ledger.entries(1, 2)), ['b'])
  assert.deepEqual(texts(await ledger.entries(1, 100)), ['b', 'c'])
  assert.deepEqual(await ledger.entries(2, 2), [])
  assert.deepEqual(await ledger.entries(2, 1), [])
  assert.deepEqual(await ledger.entries(3, 9), [])
}

async function waiting<Sql>({ ledger }: LedgerSubject<Sql>): Promise<void> {
  await ledger.waitFor(0)
  const reached = ledger.waitFor(2)
  const stop = new AbortController()
  const given = ledger.waitFor(5, stop.signal)
  await ledger.transact(async (tx) => tx.append(utf8('a')))
  assert.equal(await Promise.race([reached.then(() => 'reached'), Promise.resolve('not yet')]), 'not yet')
  await ledger.transact(async (tx) => tx.append(utf8('b')))
  await reached
  stop.abort(new Error('enough'))
  await assert.rejects(given, { message: 'enough' })
  await assert.rejects(ledger.waitFor(1, AbortSignal.abort(new Error('at once'))), { message: 'at once' })
}

async function following<Sql>({ ledger }: LedgerSubject<Sql>): Promise<void> {
  await ledger.transact(async (tx) => ['a', 'b', 'c'].forEach((text) => tx.append(utf8(text))))
  const stop = new AbortController()
  const seen: LedgerEntry[] = []
  const reading = (async () => {
    for await (const entry of ledger.subscribe(1, stop.signal)) {
      seen.push(entry)
      if (entry.index === 2) await ledger.transact(async (tx) => tx.append(utf8('d')))
      if (entry.index === 3) stop.abort()
    }
  })()
  await reading
  assert.deepEqual(
    seen.map(({ index }) => index),
    [1, 2, 3],
  )
  assert.deepEqual(texts(seen), ['b', 'c', 'd'])
}

async function closing<Sql>({ ledger }: LedgerSubject<Sql>): Promise<void> {
  const started = Promise.withResolvers<void>()
  const reading = (async () => {
    for await (const entry of ledger.subscribe(0)) if (entry.index === 0) started.resolve()
  })()
  const waits = ledger.waitFor(2)
  await ledger.transact(async (tx) => tx.append(utf8('a')))
  await started.promise
  const refused = assert.rejects(waits, { code: 'ledger-closed' })
  await ledger.close()
  await reading
  await refused
  await assert.rejects(
    ledger.transact(async () => undefined),
    { code: 'ledger-closed', retryable: true },
  )
  await assert.rejects(ledger.head(), { code: 'ledger-closed' })
}

async function badCosignature<Sql>({ ledger }: LedgerSubject<Sql>): Promise<void> {
  const fine = `— witness ${toBase64(new Uint8Array(76))}`
  const malformed = [
    '',
    'witness AAAA',
    '— witness',
    '— witness !!!!',
    '— witness AAAA',
    `${fine} more`,
    `${fine}\n${fine}`,
    `— wit+ness ${toBase64(new Uint8Array(76))}`,
  ]
  for (const line of malformed) {
    await assert.rejects(ledger.addCosignature(0, line), { code: 'cosignature-malformed' }, line)
  }
  await assert.rejects(ledger.addCosignature(1, fine), { code: 'checkpoint-unknown' })
}

async function cosignatures<Sql>({ ledger, key }: LedgerSubject<Sql>): Promise<void> {
  await ledger.transact(async (tx) => tx.append(utf8('a')))
  const bare = await ledger.checkpoint()
  const [one, two] = ['one', 'two'].map(aWitness)
  assert.ok(one !== undefined && two !== undefined)
  const late = one(bare, 2_000_000_000)
  await ledger.addCosignature(1, late)
  await ledger.addCosignature(1, late)
  await ledger.addCosignature(1, one(bare, 1_000_000_000))
  await ledger.addCosignature(1, two(bare, 1_500_000_000).trimEnd())
  const cosigned = await ledger.checkpoint()
  const lines = cosigned.split('\n').filter((line) => line.startsWith('— '))
  assert.equal(lines.length, 3)
  assert.ok(cosigned.startsWith(bare))
  assert.ok(cosigned.includes(late))
  await ledger.transact(async (tx) => tx.append(utf8('b')))
  assert.equal((await ledger.checkpoint()).includes('— one'), false)
  await checkLog(ledger, key, [cosigned])
}

function aWitness(name: string): (note: string, time: number) => string {
  const { key } = generateKey()
  const verifier = verifierKey(name, 4, key.point, nodeCrypto.sha256)
  return (note, time) =>
    cosignNote(note.slice(0, note.indexOf('\n\n') + 1), verifier, time, (message) =>
      key.sign(concat(message)),
    )
}

async function leases<Sql>({ ledger }: LedgerSubject<Sql>): Promise<void> {
  const first = await ledger.lease('run', 'ana', 30)
  assert.ok(first !== undefined)
  assert.ok(first.remaining() > 0 && first.remaining() <= 30_000)
  assert.equal(await ledger.lease('run', 'bo', 30), undefined)
  assert.equal(await ledger.lease('run', 'ana', 30), undefined)
  assert.ok(await ledger.lease('another', 'bo', 30))
  assert.equal(await first.renew(), true)
  await first.release()
  assert.ok(first.remaining() <= 0)
  const second = await ledger.lease('run', 'bo', 30)
  assert.ok(second !== undefined && second.token > first.token)
  assert.equal(await first.renew(), false)
  await first.release()
  assert.equal(await ledger.lease('run', 'ana', 30), undefined)
}

async function leaseEnds<Sql>({ ledger }: LedgerSubject<Sql>): Promise<void> {
  const first = await ledger.lease('run', 'ana', 0.15)
  assert.ok(first !== undefined)
  let second = await ledger.lease('run', 'bo', 30)
  while (second === undefined) second = await ledger.lease('run', 'bo', 30)
  assert.ok(first.remaining() <= 0)
  assert.ok(second.token > first.token)
  assert.equal(await first.renew(), false)
  assert.equal(await second.renew(), true)
}
