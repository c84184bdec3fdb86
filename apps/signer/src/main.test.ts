import { once } from 'node:events'
import { chmodSync, chownSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { instantOf, parsePublicKey, publicKeyLine } from '@chaperone/encoding'
import { generateKey } from '@chaperone/node-crypto'
import { expect, test } from 'vitest'
import { digestOf, liftsOf, stopOf } from '../test/attacks.ts'
import { testLog, type TestLog } from '../test/log.ts'
import { officer, secondOfficer } from '../test/organisation.ts'
import {
  ask,
  installation,
  logBody,
  rosterBody,
  startSigner,
  type Installation,
  type Reply,
} from '../test/process.ts'
import { workFor, type Work } from '../test/work.ts'

const at = () => instantOf(Date.now() / 1000)
const asRoot = process.getuid?.() === 0

function logOf({ organisation }: Installation): TestLog {
  return testLog(organisation.trustRoot.origin, organisation.log)
}

/** Hands over the roster and the log from the signer's position. */
async function feed(place: Installation, log: TestLog): Promise<Reply> {
  await ask(place.socket, 'POST', '/roster', rosterBody(place.organisation))
  const { body } = await ask(place.socket, 'GET', '/status')
  return ask(place.socket, 'POST', '/log', logBody(log.part(Number(body['logSize']))))
}

/** A whole second after the signer began: the log's times are in whole seconds. */
async function younger(place: Installation): Promise<void> {
  const began = String((await ask(place.socket, 'GET', '/status')).body['clock'])
  while (at() <= began) await sleep(50)
}

async function askFor(place: Installation, log: TestLog, work: Work): Promise<Reply> {
  const statements = [work.allow()]
  log.append(work.submission())
  const intent = log.append(work.intent(1, statements))
  await feed(place, log)
  return ask(place.socket, 'POST', '/issue', work.request(1, statements, intent))
}

test('it issues over its socket, and goes on where it was after a restart', async () => {
  using place = installation()
  const log = logOf(place)
  const work = workFor(place.organisation, log, { at })
  {
    await using signer = await startSigner(place)
    expect(signer.words()).toContain('not isolated')
    await younger(place)
    const issued = await askFor(place, log, work)
    expect(issued).toMatchObject({ status: 200, body: { run: work.run(1) } })
    expect(statSync(String(issued.body['agent'])).mode & 0o777).toBe(0o660)
    log.append(work.end(1))
    expect((await feed(place, log)).body).toMatchObject({ size: 3 })
    expect(await signer.kill('SIGTERM')).toBe(0)
  }
  await using signer = await startSigner(place)
  const { body } = await ask(place.socket, 'GET', '/status')
  expect(body).toMatchObject({ isolated: false, rosterVersion: 1, logSize: 3, unaccounted: [], stops: [] })
  expect(readdirSync(join(place.folder, 'agents'))).toEqual([])
  expect(await signer.kill('SIGTERM')).toBe(0)
})

test('killed between the spend and the agent, the run is spent and must be accounted for', async () => {
  // An agent that takes the question and never answers holds the signer at that very place.
  using place = installation()
  const silent = createServer()
  const agentPath = join(place.folder, 'silent.sock')
  silent.listen(agentPath)
  await once(silent, 'listening')
  const blob = parsePublicKey(generateKey().key.blob)
  const config = JSON.parse(readFileSync(place.config, 'utf8')) as object
  const publicKey = blob.ok ? publicKeyLine(blob.value) : ''
  writeFileSync(place.config, JSON.stringify({ ...config, caKey: { agent: agentPath, publicKey } }))
  const log = logOf(place)
  const work = workFor(place.organisation, log, { at })
  const asked = once(silent, 'connection')
  {
    await using signer = await startSigner(place)
    await younger(place)
    const lost = askFor(place, log, work).catch(() => 'lost')
    await asked
    await signer.kill('SIGKILL')
    expect(await lost).toBe('lost')
  }
  silent.close()
  writeFileSync(place.config, JSON.stringify(config))
  await using signer = await startSigner(place)
  const again = work.request(1, [work.allow()], 1)
  const status = await ask(place.socket, 'GET', '/status')
  expect(status.body).toMatchObject({ unaccounted: [work.run(1)], logSize: 2 })
  await younger(place)
  log.append({ v: 1, type: 'signed-in', at: at(), person: officer })
  await feed(place, log)
  expect((await ask(place.socket, 'POST', '/issue', again)).body).toMatchObject({ code: 'not-ready' })
  log.append(work.end(1, { result: 'unknown', reason: 'gateway-lost' }))
  await feed(place, log)
  expect((await ask(place.socket, 'POST', '/issue', again)).body).toMatchObject({ code: 'already-spent' })
  expect(signer.pid).toBeGreaterThan(0)
})

test('officers latch and lift a stop on their own socket', async () => {
  using place = installation()
  await using signer = await startSigner(place)
  expect(signer.words()).toContain('ready')
  await ask(place.officerSocket, 'POST', '/roster', rosterBody(place.organisation))
  const it = { organisation: place.organisation, at }
  const stop = stopOf(it)
  expect((await ask(place.officerSocket, 'POST', '/stop', stop)).status).toBe(200)
  const { body } = await ask(place.socket, 'GET', '/status')
  expect(body['stops']).toMatchObject([{ stop: digestOf(stop), scope: 'target', value: 'web-1' }])
  const lift = { stop: digestOf(stop), statements: liftsOf(it, digestOf(stop), [officer, secondOfficer]) }
  expect(await ask(place.officerSocket, 'POST', '/lift', lift)).toMatchObject({
    status: 200,
    body: { stops: [] },
  })
  expect(statSync(place.officerSocket).mode & 0o777).toBe(0o666)
  expect(statSync(place.socket).mode & 0o777).toBe(0o660)
  expect(statSync(join(place.folder, 'signer')).mode & 0o777).toBe(0o700)
  expect(statSync(join(place.folder, 'signer', 'journal')).mode & 0o777).toBe(0o600)
})

const big = (bytes: number) => Buffer.alloc(bytes, 0x20)
const statement = { text: 'x', signature: 'x' }

test('malformed and oversized requests are refused, and nothing else happens', async () => {
  using place = installation()
  await using signer = await startSigner(place)
  const log = logOf(place)
  const work = workFor(place.organisation, log, { at })
  const issue = work.request(1, [work.allow()], 0)
  const rows: readonly (readonly [socket: string, what: string, body: object, status: number])[] = [
    ...['/stop', '/lift', '/recovery'].map((path) => [place.socket, `POST ${path}`, statement, 404] as const),
    ...['/log', '/issue'].map((path) => [place.officerSocket, `POST ${path}`, statement, 404] as const),
    [place.socket, 'GET /nothing', {}, 404],
    [place.socket, 'POST /issue', big(1024 * 1024 + 1), 413],
    [place.socket, 'POST /roster', big(16 * 1024 * 1024 + 1), 413],
    [place.socket, 'POST /log', big(64 * 1024 * 1024 + 1), 413],
    [place.officerSocket, 'POST /stop', big(64 * 1024 + 1), 413],
    [place.officerSocket, 'POST /lift', big(256 * 1024 + 1), 413],
    [place.officerSocket, 'POST /recovery', big(256 * 1024 + 1), 413],
    [place.socket, 'POST /issue', Buffer.from('{'), 400],
    [place.socket, 'POST /issue', Buffer.from('"\xff"', 'latin1'), 400],
    [place.socket, 'POST /issue', Buffer.from('null'), 400],
    [place.socket, 'POST /issue', Buffer.alloc(0), 400],
    [place.socket, 'POST /issue', { ...issue, more: 1 }, 400],
    [place.socket, 'POST /issue', { ...issue, index: 0 }, 400],
    [place.socket, 'POST /issue', { ...issue, index: 1.5 }, 400],
    [place.socket, 'POST /issue', { ...issue, attempt: '1' }, 400],
    [place.socket, 'POST /issue', { ...issue, statements: [] }, 400],
    [place.socket, 'POST /issue', { ...issue, statements: Array(9).fill(statement) }, 400],
    [place.socket, 'POST /issue', { ...issue, order: { ...issue.order, salt: 'zz' } }, 400],
    [place.socket, 'POST /issue', { ...issue, step: { ...issue.step, salt: '00' } }, 400],
    [place.socket, 'POST /issue', { ...issue, step: { ...issue.step, document: { toString: 1 } } }, 400],
    [place.socket, 'POST /roster', { bytes: '?', adoptions: [statement, statement] }, 400],
    [place.socket, 'POST /roster', { bytes: 'e30=', adoptions: [] }, 400],
    [place.socket, 'POST /log', { from: -1, entries: [], checkpoint: null }, 400],
    [place.socket, 'POST /log', { from: 0, entries: [1], checkpoint: null }, 400],
    [place.socket, 'POST /log', { from: 0, entries: Array(4001).fill(''), checkpoint: null }, 400],
    [place.officerSocket, 'POST /stop', { text: 1, signature: '' }, 400],
    [place.officerSocket, 'POST /lift', { stop: 'a', statements: [] }, 400],
    [place.officerSocket, 'POST /recovery', { statements: [{ ...statement, more: 1 }] }, 400],
  ]
  const before = readFileSync(join(place.folder, 'signer', 'journal'), 'utf8')
  for (const [socket, what, body, status] of rows) {
    const [method = '', path = ''] = what.split(' ')
    // A body that is too long is refused while it is still being sent: the answer may be lost with the connection.
    const reply = await ask(socket, method, path, body).catch(() => ({ status: 413 }))
    expect([what, reply.status]).toEqual([what, status])
  }
  expect((await ask(place.socket, 'GET', '/status')).status).toBe(200)
  expect(readFileSync(join(place.folder, 'signer', 'journal'), 'utf8')).toBe(before)
  expect(signer.words()).not.toContain('Error')
})

test('a second signer on the same sockets does not start', async () => {
  using place = installation()
  await using first = await startSigner(place)
  await using second = await startSigner(place)
  expect(await second.ended).toBe(1)
  expect(second.words()).toContain('another process answers')
  expect((await ask(place.socket, 'GET', '/status')).status).toBe(200)
  expect(first.words()).toContain('signer ready')
})

test('it does not start with a damaged journal, another signer’s key or another log', async () => {
  for (const [words, damage] of [
    [
      'journal was changed',
      (place: Installation) => writeFileSync(join(place.folder, 'signer', 'journal'), 'x\n'),
    ],
    [
      'another signer’s key',
      (place: Installation) =>
        writeFileSync(join(place.folder, 'signer', 'cosigner.key'), generateKey().file),
    ],
    [
      'the trust root is for the log',
      (place: Installation) => {
        const config = JSON.parse(readFileSync(place.config, 'utf8')) as object
        writeFileSync(place.config, JSON.stringify({ ...config, origin: 'log.example/other' }))
      },
    ],
    ['is not the signer’s configuration', (place: Installation) => writeFileSync(place.config, '{}')],
    ['is no trust root', (place: Installation) => writeFileSync(join(place.folder, 'root.json'), '{}')],
  ] as const) {
    using place = installation()
    damage(place)
    await using signer = await startSigner(place)
    expect(await signer.ended).toBe(1)
    expect(signer.words()).toContain(words)
  }
})

test('it ends when its journal cannot be written', async () => {
  using place = installation()
  await using signer = await startSigner(place, { fileSize: 1 })
  const reply = await ask(place.socket, 'POST', '/roster', rosterBody(place.organisation)).catch(
    () => undefined,
  )
  expect(reply?.status ?? 503).toBe(503)
  expect(await signer.ended).toBe(1)
  expect(signer.words()).toContain('the journal cannot be written')
})

test.runIf(asRoot)('as root it becomes its own account', async () => {
  const [uid, gid, callers] = [61_234, 61_234, 61_235]
  using place = installation({ account: { uid, gid, groups: [] } })
  for (const name of ['signer', 'run', 'officers', 'agents'])
    chownSync(join(place.folder, name), uid, callers)
  for (const name of ['run', 'agents']) chmodSync(join(place.folder, name), 0o2750)
  for (const name of ['cosigner.key', 'ca.key']) chownSync(join(place.folder, 'signer', name), uid, gid)
  await using signer = await startSigner(place)
  expect(signer.words()).not.toContain('not isolated')
  expect((await ask(place.socket, 'GET', '/status')).body).toMatchObject({ isolated: true })
  expect(readFileSync(`/proc/${signer.pid}/status`, 'utf8')).toContain(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}`)
  expect(readFileSync(`/proc/${signer.pid}/status`, 'utf8')).toContain(`Groups:\t${gid}`)
  const socket = statSync(place.socket)
  expect([socket.uid, socket.gid, socket.mode & 0o777]).toEqual([uid, callers, 0o660])
})
