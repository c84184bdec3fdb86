import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instantOf, secondsOf, toBase64, utf8 } from '@chaperone/encoding'
import type { BodyOf, Review } from '@chaperone/contract'
import { generateKey } from '@chaperone/node-crypto'
import { adoptNext, currentRoster } from '../../demo/adopt-keys.ts'
import { instantNow } from '../../demo/demonstration.ts'
import { bashStep, window } from '../../demo/sample-orders.ts'
import { decide } from '../../demo/script/participant.ts'
import { eventually } from '../../demo/script/story.ts'
import { accountForAll } from './account-for-all.ts'
import { canMount, smallDisk, type SmallDisk } from './full-disk.ts'
import { tracesOf } from './kill-once.ts'
import { tracesIn } from './moments.ts'
import { emptyNotebook } from './notebook.ts'
import { startRig, type Rig } from './rig.ts'

type Submission = BodyOf<'submitOrder'>

const mounts = canMount()
const note = emptyNotebook()
let disks: { readonly gateway: SmallDisk; readonly database: SmallDisk } | undefined
let rig: Rig

beforeAll(async () => {
  rig = await startRig(mounts ? mounted : undefined)
})
afterAll(() => rig[Symbol.asyncDispose]())

function mounted(folder: string): Disposable {
  using mounting = new DisposableStack()
  const gateway = mounting.use(smallDisk(join(folder, 'gateway'), 16))
  const database = mounting.use(smallDisk(join(folder, 'db'), 256))
  disks = { gateway, database }
  return mounting.move()
}

function submission(steps: Submission['steps'], more: Partial<Submission> = {}): Submission {
  const words = { purpose: 'a fault', fault: 'none', component: 'none', mayShow: 'nothing' }
  return { ...words, ...window(instantNow()), effects: [], steps, rollback: [], ...more }
}

function step(text: string, more: Partial<Submission['steps'][number]> = {}) {
  return { ...bashStep(rig.demo.targets.web, text), ...more }
}

async function submit(body: Submission): Promise<string> {
  const { order } = await rig.technician.call('submitOrder', { body })
  note.acknowledged.push({ type: 'order-submitted', order })
  return order
}

async function allowed(steps: Submission['steps']): Promise<string> {
  const order = await submit(submission(steps))
  await rig.escort.api.call('claimOrder', { params: { order }, body: { version: 1 } })
  await decide(rig.escort, rig.desk, order, { kind: 'allow', version: 1, steps: [1] })
  note.acknowledged.push({ type: 'decision-recorded', order })
  return order
}

function runOf(order: string, state: Review['runs'][number]['state']) {
  return eventually(`a run to be ${state}`, async () => {
    const review = await rig.escort.api.ask('review', { params: { order } }).catch(() => undefined)
    return review?.ok === true ? review.value.runs.find((run) => run.state === state) : undefined
  })
}

const trace = (word: string, what = 'began') => `echo '${word} ${what}' >>~/traces\n`

describe('bytes that try to hide', () => {
  test.for<[what: string, bytes: Uint8Array]>([
    ['NUL', utf8('echo a\0b\n')],
    ['invalid UTF-8', new Uint8Array([0x23, 0xff, 0xfe, 0xc0, 0x80, 0x0a])],
    ['CR', utf8('# harmless\rrm -rf /\n')],
    ['bidirectional marks', utf8('echo \u202etxt.exe\u202c\n')],
    ['zero width', utf8('ec\u200bho \ufeffa\n')],
  ])('%s are carried exactly', async ([, bytes]) => {
    const order = await submit(submission([step('', { bytes: toBase64(bytes) })]))
    const { steps } = await rig.escort.api.call('review', { params: { order } })
    expect(steps[0]?.bytes).toBe(toBase64(bytes))
  })
})

describe('what is asked wrongly is refused by its name, and nothing of it is kept', () => {
  const later = (seconds: number) => instantOf(secondsOf(instantNow()) + seconds)
  test.for<[code: string, make: () => Submission]>([
    ['target-unknown', () => submission([step('true\n', { target: 'web-77' })])],
    ['account-not-permitted', () => submission([step('true\n', { account: 'nobody-here' })])],
    ['window-closed', () => submission([step('true\n')], { notBefore: later(-120), notAfter: later(-60) })],
    ['window-invalid', () => submission([step('true\n')], { notBefore: later(60), notAfter: later(30) })],
    [
      'step-malformed',
      () => submission([step('', { bytes: toBase64(new Uint8Array(8 * 1024 * 1024 + 1)) })]),
    ],
    ['request-malformed', () => submission([step('', { bytes: 'not base64' })])],
  ])('%s', async ([code, make]) => {
    const before = (await rig.technician.call('myOrders')).length
    const answer = await rig.technician.ask('submitOrder', { body: make() })
    expect(answer).toMatchObject({ ok: false, error: { code } })
    expect((await rig.technician.call('myOrders')).length).toBe(before)
  })
})

test('a target that shows another host key gets nothing', async () => {
  const { roster } = await currentRoster(rig.officer)
  const web = roster.targets.find(({ target }) => target === 'web-1')!
  const hostKeys = [toBase64(generateKey().key.blob)]
  await adoptNext(rig.demo, rig.officer, [
    { kind: 'set-target', target: { ...web, target: 'web-9' as typeof web.target, hostKeys } },
  ])
  const order = await allowed([step(trace('host-key'), { target: 'web-9' })])
  const { outcome } = await runOf(order, 'ended')
  expect(outcome).toEqual({ result: 'not-started', reason: 'host-key-refused' })
  expect(tracesIn(tracesOf(rig))).not.toContain('host-key began')
})

test('a gateway that is told to end while a step runs ends the step, and writes that', async () => {
  const order = await allowed([step(`${trace('restart')}echo out; sleep 600\n`)])
  note.orders.set('restart', order)
  await runOf(order, 'started')
  process.kill(rig.demo.installation.pids().gateway ?? 0, 'SIGTERM')
  const { outcome } = await runOf(order, 'ended')
  expect(outcome).toMatchObject({ result: 'killed', confirmed: true })
  await rig.well()
})

test.runIf(mounts)(
  'a full disk of the gateway: the log goes on, and is published when there is room',
  async () => {
    const published = () =>
      Number(
        readFileSync(join(rig.demo.installation.places.gateway, 'log', 'checkpoint'), 'utf8').split('\n')[1],
      )
    disks?.gateway.fill(0)
    const order = await allowed([step(trace('gateway-full') + trace('gateway-full', 'ended'))])
    note.orders.set('gateway-full', order)
    expect((await runOf(order, 'ended')).outcome?.result).toMatch(/^(succeeded|not-started)$/)
    disks?.gateway.empty()
    const { size } = await rig.auditor.call('logStatus')
    await eventually('the log to be published', () => Promise.resolve(published() >= size ? true : undefined))
  },
)

test.runIf(mounts)(
  'a full disk of the database: new work is refused, and goes on when there is room',
  async () => {
    disks?.database.fill(1_000_000)
    const bulky = submission([step('', { bytes: toBase64(Buffer.alloc(1_000_000, 'true\n')) })])
    await eventually('the disk to be full', async () => {
      const answer = await rig.technician.ask('submitOrder', { body: bulky })
      if (answer.ok) note.acknowledged.push({ type: 'order-submitted', order: answer.value.order })
      else expect(answer.error).toMatchObject({ status: 503, code: 'store-unavailable' })
      return answer.ok ? undefined : true
    })
    disks?.database.empty()
    await rig.well()
    const order = await allowed([step(trace('database-full') + trace('database-full', 'ended'))])
    note.orders.set('database-full', order)
    expect((await runOf(order, 'ended')).outcome).toEqual({ result: 'succeeded' })
  },
)

test('after all of it everything is accounted for', async () => {
  const { verdict } = await accountForAll(rig, note)
  expect(verdict).not.toBe('broken')
})
