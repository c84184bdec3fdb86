import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deskToken, startFakeGateway, type FakeGateway } from './fake-gateway.ts'
import { sampleDraft } from '@chaperone/testkit'

const { adopted, rosterWith, rpId, ticket } = sampleDraft

const isRoot = process.getuid?.() === 0
const nobody = 65534
const main = join(import.meta.dirname, '../src/main.ts')
let folder: string
let gateway: FakeGateway
let child: ChildProcess | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaperone-desk-'))
  chmodSync(folder, 0o755)
  gateway = await startFakeGateway()
})
afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await gateway.close()
  rmSync(folder, { recursive: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Lays out what an installation gives the desk, its own folder closed to everybody else. */
async function configured(more: object = {}, host = '127.0.0.1') {
  const port = await freePort()
  const own = join(folder, 'desk')
  const { bytes, digest, adoptions, version } = adopted(rosterWith([], `http://${rpId}:${port}`))
  gateway.rosters = [{ bytes, adoptions, version }]
  mkdirSync(own, { mode: 0o700 })
  writeFileSync(join(own, 'desk.token'), `${deskToken}\n`, { mode: 0o400 })
  if (isRoot) for (const path of [own, join(own, 'desk.token')]) chownSync(path, nobody, nobody)
  const names = { organisation: 'sample', origin: 'log.example', logKey: 'k', signerKey: 'k' }
  writeFileSync(
    join(folder, 'root.json'),
    JSON.stringify({ format: 'chaperone-root/v1', ...names, rosterDigest: digest }),
  )
  const config = {
    listen: { host, port },
    origin: `http://${rpId}:${port}`,
    rpId,
    appOrigin: 'http://app.localhost:8400',
    gateway: { url: gateway.url, tokenFile: join(own, 'desk.token') },
    trustRootFile: join(folder, 'root.json'),
    folder: own,
    banner: { text: 'UNCLASSIFIED', colour: '#007a33' },
    ...(isRoot ? { account: { uid: nobody, gid: nobody, groups: [] } } : {}),
    ...more,
  }
  const file = join(folder, 'desk.json')
  writeFileSync(file, JSON.stringify(config), { mode: 0o400 })
  return { file, port, origin: config.origin }
}

async function started(file: string): Promise<ChildProcess> {
  child = spawn(process.execPath, [main, file], { stdio: ['ignore', 'pipe', 'pipe'] })
  const errors: string[] = []
  child.stderr?.on('data', (data: Buffer) => errors.push(data.toString()))
  for await (const line of createInterface({ input: child.stdout! })) if (line.includes('desk ready')) break
  expect(errors).toEqual([])
  return child
}

test('it starts, gives its rights away, answers, and ends when told to', async () => {
  const { file, port, origin } = await configured()
  const desk = await started(file)
  const url = `http://127.0.0.1:${port}`
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  if (isRoot) {
    const status = readFileSync(`/proc/${desk.pid}/status`, 'utf8')
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m)
    expect(status).toMatch(/^Groups:\t65534 $/m)
  }
  const headers = { origin, 'content-type': 'application/json' }
  const draft = await fetch(`${url}/api/draft`, { method: 'POST', headers, body: JSON.stringify({ ticket }) })
  // The roster was followed and kept, the token taken: only the ticket is unknown.
  expect(await draft.json()).toMatchObject({ code: 'ticket-invalid' })
  expect(JSON.parse(readFileSync(join(folder, 'desk/highest-roster.json'), 'utf8'))).toMatchObject({
    version: 1,
  })
  desk.kill('SIGTERM')
  expect(await once(desk, 'exit')).toEqual([0, null])
})

test('off loopback it speaks TLS, with a key that only root could read', async () => {
  const key = join(folder, 'tls.key')
  const certificate = join(folder, 'tls.crt')
  const subject = ['-subj', `/CN=${rpId}`, '-days', '1', '-keyout', key, '-out', certificate]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-x509']
  execFileSync('openssl', ['req', ...kind, ...subject], { stdio: 'ignore' })
  const { file, port } = await configured({ tls: { key, certificate } })
  await started(file)
  const asked = request({
    host: '127.0.0.1',
    port,
    path: '/sign',
    ca: readFileSync(certificate),
    servername: rpId,
  })
  const [answer] = await once(asked.end(), 'response')
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['strict-transport-security']).toContain('max-age')
  answer.destroy()
})

test('with a configuration that it refuses it does not start', async () => {
  const { file } = await configured({}, '0.0.0.0')
  child = spawn(process.execPath, [main, file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.on('data', (data: Buffer) => (said += data.toString()))
  const [code] = await once(child, 'exit')
  expect(code).not.toBe(0)
  expect(said).toContain('tls-needed')
})
