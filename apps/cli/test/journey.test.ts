import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parsePublicKey, publicKeyLine } from '@chaperone/encoding'
import { freePorts } from '@chaperone/installation'
import { generateKey } from '@chaperone/node-crypto'
import { startSshd, type SshTarget } from '@chaperone/testkit'
import { runCli, startCli, type Ran } from './run-cli.ts'

/**
 * The whole job by the command line alone: an installation made by two officers with `init` and run by `serve`, a real
 * target, a technician, an escort, an auditor; every key is a software key, in regime `open`.
 */
const folder = mkdtempSync(join(tmpdir(), 'chaperone-journey-'))
const state = join(folder, 'state')
const people = ['officer-one', 'officer-two', 'technician', 'escort', 'auditor'] as const
type Who = (typeof people)[number]
let target: SshTarget
let server: ChildProcess
let gateway = ''

const envOf = (who: Who) => ({
  CHAPERONE_SESSION: join(folder, `${who}.session`),
  CHAPERONE_ROOT: join(state, 'root.json'),
})

async function as(who: Who, ...args: string[]): Promise<Ran> {
  return runCli(args, { cwd: folder, env: envOf(who) })
}

async function done(who: Who, ...args: string[]): Promise<Record<string, unknown>> {
  const ran = await as(who, ...args, '--json')
  expect(ran.exit, `${args.join(' ')}\n${ran.stderr}`).toBe(0)
  return JSON.parse(ran.stdout) as Record<string, unknown>
}

beforeAll(async () => {
  // The processes have accounts of their own, which must reach the installation.
  chmodSync(folder, 0o755)
  const authority = generateKey()
  writeFileSync(join(folder, 'ca.pem'), authority.file, { mode: 0o644 })
  target = await startSshd({ targetId: 'web-1', ca: [authority.key.blob] })
  for (const who of people) await done(who, 'keys', 'new', `${who}.pem`)
  const [appPort, deskPort] = await freePorts(2)
  gateway = `http://127.0.0.1:${appPort}`
  mkdirSync(state)
  const config = {
    organisation: 'journey',
    app: { listen: { port: appPort }, origin: `http://app.localhost:${appPort}` },
    desk: { listen: { port: deskPort }, origin: `http://sign.localhost:${deskPort}` },
    caKey: { file: join(folder, 'ca.pem') },
  }
  writeFileSync(join(state, 'chaperone.json'), JSON.stringify(config))
  writeFileSync(join(folder, 'set-up.json'), JSON.stringify(setUp()))
  const made = await as('officer-one', ...initialise, '--json')
  expect(made.exit, made.stderr).toBe(0)
  server = startCli(['serve', '--folder', state], { env: envOf('auditor') })
  await untilServing(server)
}, 120_000)

const officer = (name: string) => ['--officer', `${name}=${join(folder, `${name}.pem`)}`]
const initialise = [
  'init',
  ...['--folder', state, '--organisation', 'journey', '--set-up', join(folder, 'set-up.json')],
  ...officer('officer-one'),
  ...officer('officer-two'),
]

function setUp() {
  const roles = { 'officer-one': 'officer', 'officer-two': 'officer' } as Partial<Record<Who, string>>
  const [host] = target.hostKeys
  const hostKey = parsePublicKey(host ?? new Uint8Array())
  return {
    people: people.map((name) => ({
      name,
      roles: [roles[name] ?? name],
      regimes: ['open'],
      keys: [{ file: `${name}.pem`, class: 'software' }],
    })),
    targets: [
      {
        target: 'web-1',
        regime: 'open',
        address: target.address,
        port: target.port,
        hostKeys: [hostKey.ok ? publicKeyLine(hostKey.value) : ''],
        accounts: [target.account],
        keyClasses: ['software', 'passkey'],
      },
    ],
  }
}

/** `serve` says where it is when everything answers. */
async function untilServing(child: ChildProcess): Promise<void> {
  let said = ''
  child.stdout?.resume()
  for await (const piece of child.stderr ?? []) {
    said += String(piece)
    if (said.includes('app at')) return
  }
  throw new Error(`serve ended: ${said}`)
}

afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    server.kill('SIGTERM')
    await once(server, 'close')
  }
  await target?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a second init is refused', async () => {
  const again = await as('officer-one', ...initialise)
  expect(again).toMatchObject({ exit: 3 })
  expect(again.stderr).toContain('installation-in-use')
})

test('doctor finds the running installation in order', async () => {
  const looked = await as('auditor', 'doctor', '--folder', state)
  expect(looked.stdout).toContain('gateway is ready')
  expect(looked.exit, looked.stdout).toBe(0)
})

test('submit, review, run, release, read, export, verify', async () => {
  for (const who of people) {
    await done(who, 'sign-in', '--gateway', gateway, '--key', `${who}.pem`)
  }
  writeFileSync(join(folder, 'look.sh'), 'echo the secret is hunter2\nid -un\n')
  const step = ['--target', 'web-1', '--account', target.account, '--step', 'look.sh']
  const submitted = await done('technician', 'submit', '--purpose', 'Look at the service', ...step)
  const order = String(submitted['order'])
  expect((await as('escort', 'list')).stdout).toContain(order)

  await done('escort', 'claim', order)
  await done('escort', 'ask', order, 'Why now?')
  await done('technician', 'answer', order, '1', 'It is slow.')
  const shown = await as('escort', 'show', order)
  expect(shown.stdout).toContain('  | echo the secret is hunter2')
  expect(shown.stdout).toContain('It is slow.')

  const early = await as('escort', 'release', order, '--key', 'escort.pem', '--yes')
  expect(early).toMatchObject({ exit: 1 })
  const unasked = await as('escort', 'review', order, '--allow', '--key', 'escort.pem')
  expect(unasked).toMatchObject({ exit: 2 })
  const notMine = await as('escort', 'review', order, '--allow', '--key', 'technician.pem', '--yes')
  expect(notMine.exit).toBe(1)
  const allowed = await as('escort', 'review', order, '--allow', '--key', 'escort.pem', '--yes')
  expect(allowed.exit, allowed.stderr).toBe(0)
  expect(allowed.stderr).toContain('You are about to ALLOW step 1 of 1')
  const run = await untilEnded(order)

  const output = await as('escort', 'output', order, run)
  expect(output.stdout).toBe(`the secret is hunter2\n${target.account}\n`)
  const before = await as('technician', 'show', order)
  expect(before.stdout).not.toContain('hunter2\n' + target.account)
  await done('technician', 'request-output', order, '--step', '1', '--lines', '2')
  const wished = await done('technician', 'request-output', order, '--step', '1', '--words', 'all of it')
  expect(wished['requests']).toHaveLength(2)
  const seen = await as('escort', 'show', order)
  expect(seen.stdout).toContain(
    'request 1 for output of step 1 of version 1: lines 2 to 2\n  not answered yet',
  )
  await done('escort', 'decline-output', order, '2', '--word', 'too-broad')

  const released = await as('escort', 'release', order, '--redact', 'hunter2', '--key', 'escort.pem', '--yes')
  expect(released.exit, released.stderr).toBe(0)
  const mine = await done('technician', 'show', order)
  expect((await as('technician', 'show', order)).stdout).toMatch(
    /lines 2 to 2\n {2}released[^]*all of it\n {2}declined: too-broad/,
  )
  const [release] = mine['releases'] as readonly { readonly release: string; readonly run: string }[]
  const read = await as('technician', 'read', order, release?.release ?? '', release?.run ?? '')
  expect(read.stdout).toBe(`the secret is [redacted]\n${target.account}\n`)

  await done('auditor', 'export', '--order', order, '--out', 'export.tar')
  writeFileSync(join(folder, 'sshd.log'), readFileSync(target.logFile))
  const verified = await as(
    'auditor',
    'verify',
    'export.tar',
    '--root',
    join(state, 'root.json'),
    '--sshd-log',
    'sshd.log',
  )
  expect(verified.stdout).toMatch(/: proven\n/)
  expect(verified.exit).toBe(0)
}, 120_000)

async function untilEnded(order: string): Promise<string> {
  for (;;) {
    const review = await done('escort', 'show', order)
    const runs = review['runs'] as readonly { run: string; state: string; outcome: unknown }[]
    const last = runs.at(-1)
    if (last?.state === 'ended') {
      expect(last.outcome).toEqual({ result: 'succeeded' })
      return last.run
    }
  }
}

test('a roster is changed by two officers, and only by two', async () => {
  await done('officer-one', 'keys', 'new', 'new-escort.pem')
  const pem = join(folder, 'new-escort.pem.pub')
  const [, blob = ''] = readFileSync(pem, 'utf8').split(' ')
  const { key } = await done('officer-one', 'keys', 'fingerprint', 'new-escort.pem')
  const person = {
    person: 'p-newescort1',
    roles: ['escort'],
    regimes: ['open'],
    until: '2030-01-01T00:00:00Z',
  }
  const software = {
    key,
    blob: blob.trim(),
    class: 'software',
    from: '2020-01-01T00:00:00Z',
    until: person.until,
    origins: [],
  }
  writeFileSync(
    join(folder, 'change.json'),
    JSON.stringify([{ kind: 'set-person', person: { ...person, keys: [software] } }]),
  )
  const drafted = await as(
    'officer-one',
    'roster',
    'draft',
    '--out',
    'roster.json',
    '--change',
    'change.json',
  )
  expect(drafted.stdout).toContain('+ person p-newescort1')
  const one = await done('officer-one', 'roster', 'sign', 'roster.json', '--key', 'officer-one.pem')
  const alone = await as(
    'officer-one',
    'roster',
    'adopt',
    'roster.json',
    String(one['file']),
    String(one['file']),
  )
  expect(alone.exit).toBe(1)
  expect(alone.stderr).toContain('adoption-needs-two')
  const two = await done('officer-two', 'roster', 'sign', 'roster.json', '--key', 'officer-two.pem')
  const adopted = await done(
    'officer-one',
    'roster',
    'adopt',
    'roster.json',
    String(one['file']),
    String(two['file']),
  )
  expect(adopted).toEqual({ version: 2 })
}, 60_000)

test('a stop takes one officer, lifting it two', async () => {
  const [{ person }] = (await done('officer-one', 'keys', 'list')) as unknown as readonly [{ person: string }]
  const signAs = ['--officer', person, '--key', 'officer-one.pem']
  const ordered = await done('officer-one', 'stop', 'order', '--scope', 'all', ...signAs)
  const digest = String(ordered['stop'])
  const step = ['--target', 'web-1', '--account', target.account, '--step', 'look.sh']
  const stopped = await as('technician', 'submit', '--purpose', 'Look again', ...step)
  expect(stopped.exit).toBe(1)
  await done('officer-one', 'stop', 'sign-lift', digest, ...signAs, '--out', 'lift-one.json')
  const alone = await as('officer-one', 'stop', 'lift', digest, 'lift-one.json', 'lift-one.json')
  expect(alone.exit).toBe(1)
}, 60_000)
