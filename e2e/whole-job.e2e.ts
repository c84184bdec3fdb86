import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { placesOf } from '@chaperone/installation'
import { chaperoneVerify } from '../demo/chaperone-verify.ts'
import { ordersFolder } from '../demo/furnish-targets.ts'
import { bashStep } from '../demo/sample-orders.ts'
import { enter, enterAsDecider, type Actor, type Decider } from './stage/actor.ts'
import { compose, stepFields } from './stage/compose.ts'
import { overhear, type Overheard } from './stage/overhear.ts'
import { allowAll, confirmSteps, signAtDesk } from './stage/sign-at-desk.ts'
import { startStage, type Stage } from './stage/start-stage.ts'
import { submit } from './stage/submit.ts'

let stage: Stage
let technician: Actor
let escort: Decider
let overheard: Overheard
/** Where the orders service lives, and where the steps that wait look for their signal. */
let service: string
let mainOrder = ''
const purpose = 'Orders: two more workers, and the limits that go with them'

beforeAll(async () => {
  stage = await startStage()
  service = ordersFolder(stage.demo.targets.web.folder)
})
import { afterEach } from 'vitest'
afterEach(async (c) => {
  if (c.task.result?.state !== 'fail') return
  await technician?.page.screenshot({ path: '/tmp/shots/f-tech.png', fullPage: true })
  await escort?.page.screenshot({ path: '/tmp/shots/f-esc.png', fullPage: true })
  await escort?.desk.screenshot({ path: '/tmp/shots/f-desk.png', fullPage: true })
}) //DEBUG
afterAll(() => stage[Symbol.asyncDispose]())

const status = (page: Page) => page.getByRole('region', { name: 'Where it stands' })
const output = (page: Page, step: string) => page.getByRole('region', { name: `Output of ${step}` })
const signal = (name: string) => join(service, 'run', name)
const untilSignal = (name: string) => `until [ -e ${signal(name)} ]; do sleep 0.1; done`

test('two people enrol by their one-time links', async () => {
  technician = await enter(stage, 'technician')
  overheard = await overhear(technician)
  escort = await enterAsDecider(stage, 'escort')
  const people = await stage.officer.call('people')
  const { adoptedKeys } = people.find(({ name }) => name === escort.name)!
  expect(adoptedKeys).toEqual([escort.fingerprint])
})

describe('an order of six steps', () => {
  test('is composed by the technician, and arrives in the escort’s inbox by itself', async () => {
    const { page } = technician
    await escort.page.getByText('Nothing waits here').waitFor()
    await page.getByRole('link', { name: 'New work order' }).click()
    await compose(page, {
      purpose,
      fault: 'log/orders.log says "all 2 workers busy"',
      component: 'orders on web-1',
      mayShow: 'The state of the service',
      effects: [['config change', `${service}/etc/orders.conf`]],
      steps: [
        { text: `echo kept-$((6 * 700 + 19))\n`, expected: 'one line' },
        {
          text: `cp "$CHAPERONE_FILES/f1" ${service}/etc/limits.conf\n`,
          file: { name: 'limits.conf', content: 'open-files = 4096\n' },
        },
        { text: `grep -n workers ${service}/etc/orders.conf\n`, expected: '3:workers = 2' },
        { text: `echo tick-$((111 * 5)); ${untilSignal('go')}; echo tock-$((111 * 7))\n` },
        { text: `printf 'user orders password %s\\n' "$(echo 2977-terces | rev)"\n` },
        { text: `${service}/bin/ordersctl status\n`, expected: 'running with 2 workers' },
      ],
      rollback: [{ text: `rm ${service}/etc/limits.conf\n` }],
    })
    await page.getByRole('button', { name: 'Submit work order' }).click()
    await page.getByRole('heading', { level: 1, name: purpose }).waitFor()
    await status(page).getByText('Waiting for an escort.').waitFor()
    mainOrder = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await escort.page.getByRole('link', { name: purpose }).waitFor()
  })

  test('is claimed and questioned; the technician answers and revises; the escort sees the difference', async () => {
    await escort.page.getByRole('button', { name: `Claim and open: ${purpose}` }).click()
    await escort.page.getByRole('button', { name: 'Ask about step 3' }).click()
    await escort.page.getByLabel('Your question').fill('Why every line with this word?')
    await escort.page.getByRole('button', { name: 'Send the question' }).click()
    await status(escort.page).getByText('Question open.').waitFor()
    const { page } = technician
    await page.getByText('Why every line with this word?').waitFor()
    await page.getByLabel('Your answer to question 1').fill('Right: one line will do.')
    await page.getByRole('button', { name: 'Send the answer' }).click()
    await page.getByText('You: Right: one line will do.').waitFor()
    await escort.page.getByText(`${technician.name}: Right: one line will do.`).waitFor()
    await page.getByRole('button', { name: 'Revise' }).click()
    await stepFields(page, 'Step 3')
      .getByLabel(/^Exact commands/)
      .fill(`grep -n '^workers' ${service}/etc/orders.conf\n`)
    await page.getByRole('button', { name: 'Submit new version' }).click()
    await status(page).getByText('v2').waitFor()
    await escort.page.getByRole('heading', { name: 'What changed since version 1' }).waitFor()
    const changed = escort.page.getByRole('region', { name: 'Changed bytes of Step 3' })
    expect(await changed.textContent()).toBe(
      `taken out: grep -n workers ${service}/etc/orders.conf\n` +
        `added: grep -n '^workers' ${service}/etc/orders.conf\n`,
    )
  })

  test('is allowed with one touch, and its steps run one after another before the escort’s eyes', async () => {
    const touchesBefore = escort.decidingKey.touches()
    const claim = escort.page.getByRole('button', { name: 'Claim this order' })
    if (await claim.isVisible()) await claim.click()
    await allowAll(escort)
    await status(escort.page)
      .getByText(/Running step 4 on web-1/)
      .waitFor()
    await output(escort.page, 'step 4').getByText('tick-555').waitFor()
    await status(technician.page).getByText('Running.').waitFor()
    writeFileSync(signal('go'), '')
    await status(escort.page).getByText('Done.').waitFor()
    expect(escort.decidingKey.touches() - touchesBefore).toBe(1)
    expect(readFileSync(`${service}/etc/limits.conf`, 'utf8')).toBe('open-files = 4096\n')
  })

  test('is released in part, with a selected span taken out', async () => {
    const { page } = escort
    await page.getByLabel('Release the output of step 1', { exact: true }).uncheck()
    const captured = page.getByLabel(/^Captured output of step 5/)
    const secret = (await captured.inputValue()).indexOf('secret-7792')
    await captured.evaluate((area, at) => {
      ;(area as unknown as { setSelectionRange(from: number, to: number): void }).setSelectionRange(
        at,
        at + 11,
      )
    }, secret)
    await page.getByRole('button', { name: 'Take out the selection in step 5' }).click()
    const leaves = page.getByRole('region', { name: 'What leaves of step 5' })
    expect(await leaves.innerText()).not.toContain('7792')
    await page.getByRole('button', { name: 'Release output' }).click()
    await signAtDesk(escort, /^You are about to release/)
    await page.getByRole('heading', { name: `Released to ${technician.name}` }).waitFor()
  })

  test('tells the technician exactly what was released', async () => {
    const { page } = technician
    for (const step of [3, 4, 5, 6])
      await page.getByRole('button', { name: `Read the output of step ${step}` }).click()
    const text = async (step: number) => {
      const region = page.getByRole('region', { name: `Released output of step ${step}` })
      await region.waitFor()
      return region.textContent()
    }
    expect(await text(3)).toBe('3:workers = 2\n')
    expect(await text(4)).toBe('tick-555\ntock-777\n')
    expect(await text(5)).toBe('user orders password [redacted: secret]\n')
    expect(await text(6)).toContain('orders: running with 2 workers\n')
    expect(await page.getByRole('button', { name: /^Read the output/ }).count()).toBe(0)
  })
})

test('a long step is killed, and the target confirms it', async () => {
  const { order } = await submit(stage, 'Follow the log for a while', [
    `echo pid-$$ tail-$((111 * 6)); exec sleep 600`,
  ])
  await open(escort, order)
  await allowAll(escort)
  const shown = output(escort.page, 'step 1')
  await shown.getByText('tail-666').waitFor()
  const pid = Number(/pid-(\d+)/.exec(await shown.innerText())?.[1])
  expect(isAlive(pid)).toBe(true)
  await escort.page.getByRole('button', { name: 'Stop this step now' }).click()
  await escort.page.getByText('Killed (confirmed)').first().waitFor()
  expect(isAlive(pid)).toBe(false)
  await status(escort.page).getByText('Halted.').waitFor()
})

test('“I allowed wrongly” stops what runs, and the rollback that was offered undoes it', async () => {
  const made = signal('made')
  const { targets } = stage.demo
  const { order } = await submit(
    stage,
    'Mark the service as under repair',
    [`touch ${made}`, untilSignal('never')],
    { rollback: [bashStep(targets.web, `rm ${made}\n`)] },
  )
  await open(escort, order)
  await allowAll(escort)
  await status(escort.page)
    .getByText(/Running step 2/)
    .waitFor()
  await escort.page.getByRole('button', { name: 'I allowed wrongly' }).click()
  expect(existsSync(made)).toBe(true)
  await escort.page.getByText(`${escort.name} stopped this order.`).waitFor()
  await escort.page.getByRole('link', { name: /Look at the rollback steps/ }).click()
  await confirmSteps(escort)
  await escort.page.getByRole('button', { name: 'Allow the rollback' }).click()
  await signAtDesk(escort, /^You are about to allow step 3/)
  const undone = escort.page.getByRole('group', { name: 'Run of rollback step 1' })
  await undone.getByText('Succeeded').waitFor()
  expect(existsSync(made)).toBe(false)
})

test('an order is forbidden, and nothing of it runs', async () => {
  const { order } = await submit(stage, 'Look around', ['id'])
  await open(escort, order)
  await escort.page.getByRole('button', { name: 'Forbid' }).click()
  await signAtDesk(escort, /^You are about to forbid/)
  await status(escort.page).getByText('Forbidden.').waitFor()
  await technician.page.goto(`${technician.origin}/orders/${order}`)
  await status(technician.page).getByText('Forbidden.').waitFor()
  const { runs } = await stage.officer.call('review', { params: { order } })
  expect(runs).toEqual([])
})

test('a step that fails halts its order; how it failed stays with the escort', async () => {
  const { order } = await submit(stage, 'Check the queue', ['exit $((100 + 13))', 'echo not-reached'])
  await open(escort, order)
  await allowAll(escort)
  await escort.page.getByText('Failed (exit 113)').first().waitFor()
  await technician.page.goto(`${technician.origin}/orders/${order}`)
  await status(technician.page).getByText('Halted.').waitFor()
})

test('the technician’s browser was told nothing that was not released', async () => {
  await technician.page.getByRole('link', { name: 'My orders' }).click()
  await technician.page.getByRole('heading', { name: 'My orders' }).waitFor()
  // What is analysed is the technician's own text, before anything of it ran: its words come back.
  const told = (await overheard.all()).filter(({ from }) => from !== 'POST /api/analyse')
  expect(
    told.some(({ text }) => text.includes('tock-777')),
    'the released text was overheard',
  ).toBe(true)
  expect(
    told.some(({ from }) => from === 'event stream'),
    'events were overheard',
  ).toBe(true)
  const withheld: readonly (readonly [what: string, pattern: RegExp])[] = [
    ['output that was kept', /kept-4219|tail-666|not-reached|7792/],
    ['an exit code', /\b113\b|"(exit|signal|outcome|result)"/],
    ['the escort', /Samir|Haddad|p-9xv4h8tn/],
    ['how a kill went', /killed|survivor|"(startedAt|endedAt|killedBy)"/],
  ]
  for (const [what, pattern] of withheld)
    expect(
      told.filter(({ text }) => pattern.test(text)).map(({ from }) => from),
      what,
    ).toEqual([])
})

test('an auditor reads the story, and takes away an export that verifies offline', async () => {
  const auditor = await enter(stage, 'auditor')
  const { page } = auditor
  await page.getByRole('link', { name: 'Log' }).click()
  await page.getByLabel('Order').fill(mainOrder)
  await page.getByRole('link', { name: 'Read this order’s story' }).click()
  await page.getByRole('heading', { name: `Story of ${mainOrder}` }).waitFor()
  for (const words of [
    `${technician.name} revised it, version 2`,
    `${escort.name} allowed steps 1, 2, 3, 4, 5, 6, with their own key`,
    `${escort.name} released output of 4 runs to ${technician.name}`,
    `${technician.name} was shown`,
  ])
    await page.getByText(words).first().waitFor()
  await page.getByRole('link', { name: 'Verification' }).click()
  await page.getByRole('heading', { name: 'The log verifies' }).waitFor()
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export the whole log' }).click()
  const file = join(stage.folder, 'export.tar')
  await (await downloading).saveAs(file)
  const { verification, status } = chaperoneVerify(file, placesOf(stage.demo.folder).trustRoot)
  expect({ verdict: verification.verdict, status }).toEqual({ verdict: 'proven', status: 0 })
  expect(auditor.complaints).toEqual([])
})

test('no browser broke the content security policy or asked another origin', () => {
  expect([...technician.complaints, ...escort.complaints]).toEqual([])
})

async function open(actor: Decider, order: string): Promise<void> {
  await actor.page.goto(`${actor.origin}/review/${order}`)
  await actor.page.getByRole('button', { name: 'Claim this order' }).click()
  await actor.page.getByRole('button', { name: 'Claim for another hour' }).waitFor()
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
