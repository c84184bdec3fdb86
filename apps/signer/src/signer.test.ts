import { toBase64, toHex } from '@chaperone/encoding'
import type { Event } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { checkNote, parseNote, parseVerifierKey } from '@chaperone/tlog'
import { expect, test } from 'vitest'
import { digestOf, liftsOf, recoveryOf, secondStep, stopOf } from '../test/attacks.ts'
import { gateway, type Gateway } from '../test/gateway.ts'
import { escort, officer, secondEscort, secondOfficer, technician } from '../test/organisation.ts'

const both = [officer, secondOfficer]
const seen = (it: Gateway): Event => ({ v: 1, type: 'signed-in', at: it.at(), person: officer })

test('it issues what was allowed and intended, step after step', async () => {
  using it = gateway()
  const work = it.work()
  const first = await it.ask(work, 1)
  expect(first).toMatchObject({
    ok: true,
    value: { run: work.run(1), serial: expect.stringMatching(/^\d+$/) },
  })
  expect(await secondStep(it, work, { result: 'succeeded' })).toMatchObject({ ok: true })
  expect(it.logins.map(({ user, seconds }) => [user, seconds])).toEqual([
    ['ops', 60],
    ['ops', 60],
  ])
})

test('two people make a quorum of two', async () => {
  using it = gateway({ target: { quorum: 2 } })
  const work = it.work()
  const seat = (index: number) => ({ steps: [work.line(1, { seat: { index, of: 2 } })] })
  expect(
    await it.ask(work, 1, [work.allow(escort, seat(1)), work.allow(secondEscort, seat(2))]),
  ).toMatchObject({
    ok: true,
  })
})

test('a frozen order is rolled back', async () => {
  using it = gateway()
  const work = it.work()
  const statements = [work.allow(escort, { steps: [work.line(3)] })]
  it.log.append(work.submission())
  const { order } = work.document
  it.log.append({ v: 1, type: 'order-frozen', at: it.at(), order, version: 1, person: escort })
  const intent = it.log.append(work.intent(3, statements))
  it.feed()
  expect(await it.signer.issue(work.request(3, statements, intent))).toMatchObject({ ok: true })
})

test('a forbidden order may be followed by another version', async () => {
  using it = gateway()
  const first = it.work()
  it.log.append(first.submission())
  const statement = first.allow(escort, { kind: 'forbid' })
  const { order } = first.document
  it.log.append({ v: 1, type: 'decision-recorded', at: it.at(), order, statement })
  expect(await it.ask(it.work({ order: { version: 2 } }), 1)).toMatchObject({ ok: true })
})

test('the certificate ends with the shortest window, and says what the runner must check', async () => {
  using it = gateway()
  const work = it.work()
  const notAfter = new Date(Date.parse(it.at()) + 20_000).toISOString().replace('.000Z', 'Z')
  expect(await it.ask(work, 1, [work.allow(escort, { notAfter })])).toMatchObject({ ok: true })
  const { certificate, hostKey } = it.logins[0]! // one was served
  const text = Buffer.from(certificate).toString('latin1')
  const end = Date.parse(notAfter) / 1000
  expect(text).toContain(`chaperone ${work.run(1)} 3 ${work.steps[0]?.bytes.sha256} ${end} 60 10`)
  const validBefore = Buffer.alloc(8)
  validBefore.writeBigUInt64BE(BigInt(end))
  expect(Buffer.from(certificate).includes(validBefore)).toBe(true)
  expect(text).toContain('ops@web-1')
  expect(text).toContain(`chaperone:${work.run(1)}`)
  expect(hostKey).toBe(work.line(1).hostKey)
})

test('its cosignature verifies, and is given again for the same head', () => {
  using it = gateway()
  const key = parseVerifierKey(it.organisation.trustRoot.signerKey, nodeCrypto.sha256)
  for (let i = 0; i < 2; i++) {
    const answer = it.feed()
    const checkpoint = it.log.checkpoint() + (answer.ok ? String(answer.value['cosignature']) : '')
    const note = parseNote(checkpoint)
    expect(note.ok && key && checkNote(note.value, key, nodeCrypto)).toMatchObject({ ok: true })
  }
})

test('a log that comes in parts is read as one, and a lost part is asked for again', () => {
  using it = gateway()
  for (let i = 0; i < 6; i++) it.log.append(seen(it))
  const { entries, checkpoint } = it.log.part(0)
  expect(it.signer.readLog({ from: 1, entries: entries.slice(1, 3), checkpoint: null })).toMatchObject({
    ok: true,
  })
  expect(it.signer.status()['logSize']).toBe(1)
  expect(it.signer.readLog({ from: 4, entries: entries.slice(4), checkpoint })).toMatchObject({ ok: false })
  expect(it.signer.readLog({ from: 1, entries: entries.slice(1, 4), checkpoint: null })).toMatchObject({
    ok: true,
  })
  expect(it.signer.readLog({ from: 4, entries: entries.slice(4), checkpoint })).toMatchObject({ ok: true })
  expect(it.signer.status()['logSize']).toBe(7)
})

test('after a restart it goes on at its position and waits for a younger head', async () => {
  using it = gateway()
  const work = it.work()
  const statements = [work.allow()]
  await it.ask(work, 1, statements)
  const entry = it.log.append(work.end(1))
  it.feed()
  const before = it.signer.status()
  it.time += 10
  it.restart()
  const after = it.signer.status()
  for (const name of ['logSize', 'logRoot', 'rosterVersion', 'rosterDigest', 'epoch'])
    expect([name, after[name]]).toEqual([name, before[name]])
  expect(after).toMatchObject({ ready: false, reason: 'no-fresh-head', unaccounted: [] })
  it.time += 1
  const intent = it.log.append(work.intent(2, statements, { after: { run: work.run(1), entry } }))
  it.feed()
  expect(await it.signer.issue(work.request(2, statements, intent))).toMatchObject({ ok: true })
})

test('two officers lift a stop, over the socket and through the log', async () => {
  using it = gateway()
  const [socket, log] = [stopOf(it), stopOf(it, { scope: 'person', value: technician })]
  it.signer.stop(socket)
  it.log.append({ v: 1, type: 'stop-ordered', at: it.at(), stop: digestOf(log), statement: log })
  it.feed()
  expect(it.signer.status()['stops']).toHaveLength(2)
  it.signer.lift(digestOf(socket), liftsOf(it, digestOf(socket), both))
  const statements = liftsOf(it, digestOf(log), both)
  it.log.append({ v: 1, type: 'stop-lifted', at: it.at(), stop: digestOf(log), statements })
  // Ordered again by an old entry: two officers have lifted it.
  it.log.append({ v: 1, type: 'stop-ordered', at: it.at(), stop: digestOf(socket), statement: socket })
  it.feed()
  expect(it.signer.status()['stops']).toEqual([])
  expect(await it.ask(it.work(), 1)).toMatchObject({ ok: true })
})

test('a stop that expires stops nothing any more', async () => {
  using it = gateway()
  const expires = new Date(Date.parse(it.at()) + 1000).toISOString().replace('.000Z', 'Z')
  it.signer.stop(stopOf(it, { expires }))
  it.time += 1
  expect(await it.ask(it.work(), 1)).toMatchObject({ ok: true })
})

test('after a backup was restored, officers open an epoch and the log is read from its start', async () => {
  using it = gateway()
  const lost = it.work()
  await it.ask(lost, 1)
  const restored = it.log.fork(1)
  restored.append(seen(it))
  restored.append(seen(it))
  restored.append(seen(it))
  it.log = restored
  expect(it.feed()).toMatchObject({ ok: false, error: { code: 'log-forked' } })
  it.time += 10
  expect(it.signer.recover(recoveryOf(it, both, 2, 2))).toEqual({ ok: true, value: { epoch: 2 } })
  expect(it.signer.status()).toMatchObject({ logSize: 0, reason: 'log-recovering', forked: null })
  it.restart()
  expect(it.signer.readLog(it.log.fork(1).part(0))).toMatchObject({
    ok: false,
    error: { code: 'log-rewound' },
  })
  expect(it.feed()).toMatchObject({ ok: true, value: { size: 4 } })
  it.time += 1
  expect(await it.ask(lost, 1)).toMatchObject({ ok: false, error: { code: 'already-spent' } })
  const next = it.work({ order: { order: 'wo-00000002' } })
  expect(await it.ask(next, 1)).toMatchObject({ ok: true })
})

test('a roster takes force once, and after a restart it is still held', () => {
  using it = gateway()
  const next = it.organisation.nextRoster({ policy: '3'.repeat(64) })
  expect(it.signer.takeRoster(next)).toEqual({ ok: true, value: { version: 2 } })
  expect(it.signer.takeRoster(next)).toEqual({ ok: true, value: { version: 2 } })
  it.restart()
  expect(it.signer.status()).toMatchObject({
    rosterVersion: 2,
    rosterDigest: toHex(nodeCrypto.sha256(next.bytes)),
    caKey: toBase64(it.ca.blob),
  })
})
