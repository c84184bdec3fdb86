import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cast } from '../demo/organisation.ts'
import { enter, enterAsDecider, type Actor, type Decider } from './stage/actor.ts'
import { axeFindings, scrollsSideways } from './stage/inspect.ts'
import { ordersInEveryPhase } from './stage/orders-in-every-phase.ts'
import { startStage, type Stage } from './stage/start-stage.ts'
import { sayFirst } from './stage/sign-at-desk.ts'
import { submit } from './stage/submit.ts'

let stage: Stage
let technician: Actor
let escort: Decider
let orders: Awaited<ReturnType<typeof ordersInEveryPhase>>

// Tall, so that nothing lies under the bar that keeps decisions in sight: axe cannot judge what is half covered.
const tall = { width: 1280, height: 9000 }
const narrow = { width: 390, height: 9000 }

beforeAll(async () => {
  stage = await startStage()
  technician = await enter(stage, 'technician', { viewport: tall })
  escort = await enterAsDecider(stage, 'escort', { viewport: tall })
  // Only now: a new roster, with the key of somebody who enrols, voids what was allowed under the one before it.
  orders = await ordersInEveryPhase(stage)
})
afterAll(() => stage[Symbol.asyncDispose]())

/** What is wrong with the screen that stands on a page: both colour schemes, wide and narrow. */
async function wrongWith(page: Page): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    wrong.push(...(await axeFindings(page)).map((found) => `${colorScheme}: ${found}`))
  }
  await page.setViewportSize(narrow)
  if (await scrollsSideways(page)) wrong.push('at 390 px it scrolls sideways')
  await page.setViewportSize(tall)
  return wrong
}

const go = (actor: Actor, path: string) => actor.page.goto(`${actor.origin}${path}`)
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).first().waitFor()

test.for([
  'waiting-for-escort',
  'in-review',
  'question-open',
  'waiting-for-second-escort',
  'waiting-for-window',
  'running',
  'halted',
  'done',
  'forbidden',
  'withdrawn',
  'frozen',
  'expired',
] as const)('the review of an order that is %s', async (phase) => {
  const { page } = escort
  await go(escort, `/review/${orders[phase]}`)
  await page.getByRole('group', { name: 'Decisions' }).waitFor()
  if (phase === 'done') await page.getByLabel(/^Captured output of step 1/).waitFor()
  for (const closed of await page.locator('summary').all()) await closed.click()
  expect(await wrongWith(page)).toEqual([])
})

test('what an escort sees beside a review', async () => {
  const { page } = escort
  await go(escort, '/inbox?show=all')
  await page.getByRole('table').waitFor()
  expect(await wrongWith(page), 'inbox').toEqual([])
  await page.getByRole('radio', { name: 'Mine' }).check()
  await page.getByText('You hold no order').waitFor()
  expect(await wrongWith(page), 'inbox without orders').toEqual([])
  await go(escort, `/review/${orders['waiting-for-escort']}`)
  await page.getByRole('button', { name: 'Claim this order' }).click()
  await page.getByRole('button', { name: 'Ask a question' }).click()
  await page.getByLabel('Your question').waitFor()
  expect(await wrongWith(page), 'question').toEqual([])
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Hand back or over' }).click()
  await page.getByLabel('Note for the next escort').waitFor()
  expect(await wrongWith(page), 'hand back').toEqual([])
})

test('what an escort is asked about a serious step, and its words by keyboard', async () => {
  const { page } = escort
  const { order } = await submit(stage, 'Make room', [
    'F=/srv/data/2024.csv; rm "$F"; systemctl restart nginx',
    'curl -s https://files.example.org/x.sh | bash',
    'bash "$1"',
    ['systemctl restart nginx', ...Array.from({ length: 60 }, (_, i) => `cat /var/log/${i}.log`)].join('\n'),
  ])
  await go(escort, `/review/${order}`)
  await page.getByRole('button', { name: 'Claim this order' }).click()
  await page.getByRole('button', { name: 'I don’t know' }).first().waitFor()
  expect(await wrongWith(page), 'asked').toEqual([])
  const first = page.getByRole('article', { name: 'Step 1' })
  expect(await first.getByText('then stops and starts nginx').count()).toBe(0)
  await sayFirst(escort)
  await first.getByText(/^Deletes .*2024\.csv; then stops and starts nginx/).waitFor()
  expect(await wrongWith(page), 'told').toEqual([])
  const bytes = first.getByRole('region', { name: 'Exact bytes of step 1' })
  await bytes.getByRole('button').first().focus()
  for (const key of ['ArrowRight', 'End', 'Enter']) await page.keyboard.press(key)
  expect(
    await bytes.getByRole('button', { name: 'nginx' }).evaluate('document.activeElement.textContent'),
  ).toBe('nginx')
  expect(await first.locator('.word-note').innerText()).toContain('nginx')
  await page
    .getByRole('article', { name: 'Step 4' })
    .getByRole('button', { name: /^Lines 2 to 61/ })
    .click()
  await page
    .getByRole('article', { name: 'Step 4' })
    .getByRole('button', { name: '/var/log/59.log' })
    .waitFor()
  await page.getByRole('button', { name: 'Ask about it' }).first().click()
  expect(await page.getByLabel('Your question').inputValue()).toContain('I cannot tell from the text')
})

test('what a technician sees', async () => {
  const { page } = technician
  await go(technician, '/orders')
  await page.getByRole('table').waitFor()
  expect(await wrongWith(page), 'my orders').toEqual([])
  for (const phase of ['question-open', 'running', 'halted', 'done', 'frozen'] as const) {
    await go(technician, `/orders/${orders[phase]}`)
    await heading(page, 'What you asked for')
    expect(await wrongWith(page), phase).toEqual([])
  }
  await go(technician, `/orders/${orders['question-open']}`)
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await page.getByRole('dialog').waitFor()
  expect(await wrongWith(page), 'withdraw').toEqual([])
  await go(technician, `/orders/${orders['question-open']}/revise`)
  await page.getByRole('button', { name: 'Submit new version' }).waitFor()
  expect(await wrongWith(page), 'revise').toEqual([])
  await go(technician, '/orders/new')
  await page.getByRole('button', { name: 'Add a rollback step' }).click()
  await page.getByRole('button', { name: 'Declare an effect' }).click()
  await page.getByLabel('Exact commands of step 1', { exact: true }).fill('rm /srv/data/old.csv\n')
  await page.getByRole('region', { name: 'Analysis of step 1' }).waitFor()
  expect(await wrongWith(page), 'compose').toEqual([])
  await page.getByRole('button', { name: 'Declare what the analysis found (1)' }).click()
  expect(await page.getByLabel('Place of effect 2').inputValue()).toBe('/srv/data/old.csv')
  await page.getByLabel('Exact commands of step 1', { exact: true }).fill('')
  await page.getByRole('button', { name: 'Submit work order' }).click()
  await page.getByText(/fields? needs? correction/).waitFor()
  expect(await wrongWith(page), 'compose, with mistakes').toEqual([])
  await go(technician, '/nowhere')
  await heading(page, 'No such page')
  expect(await wrongWith(page), 'no such page').toEqual([])
})

test('what an auditor sees', async () => {
  const auditor = await enter(stage, 'auditor', { viewport: tall })
  const { page } = auditor
  await go(auditor, '/log')
  await page.getByRole('table').waitFor()
  expect(await wrongWith(page), 'log').toEqual([])
  await go(auditor, `/log/${orders.frozen}`)
  await page.getByRole('list').last().waitFor()
  for (const closed of await page.locator('summary').all()) await closed.click()
  expect(await wrongWith(page), 'story').toEqual([])
  await go(auditor, '/verification')
  await heading(page, 'Newest checkpoint')
  expect(await wrongWith(page), 'verification').toEqual([])
  expect(auditor.complaints).toEqual([])
})

test('what an officer sees', async () => {
  const officer = await enter(stage, 'secondOfficer', { viewport: tall })
  const { page } = officer
  await go(officer, '/frozen')
  await page.getByRole('table').waitFor()
  expect(await wrongWith(page), 'stopped orders').toEqual([])
  await go(officer, '/people')
  await page.getByRole('button', { name: `Issue a link to enrol for ${cast.auditor.name}` }).click()
  await page.getByText(/It works once/).waitFor()
  expect(await wrongWith(page), 'people').toEqual([])
  expect(officer.complaints).toEqual([])
})

test('what anybody sees before they are in', async () => {
  const context = await stage.browser.newContext({ viewport: tall, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(escort.origin)
  await page.getByRole('button', { name: 'Sign in with your passkey' }).waitFor()
  expect(await wrongWith(page), 'sign-in').toEqual([])
  await page.goto(`${escort.origin}/problems/order-frozen`)
  await page.getByText('order-frozen').waitFor()
  expect(await wrongWith(page), 'a problem').toEqual([])
  const second = await stage.demo.signIn(cast.secondOfficer.person)
  const { person } = cast.officer
  const { url } = await second.call('issueEnrolment', { params: { person } })
  await page.goto(url)
  await page.getByRole('button', { name: 'Make the sign-in passkey' }).waitFor()
  expect(await wrongWith(page), 'enrol').toEqual([])
  await page.goto(`${escort.origin}/enrol#${'A'.repeat(43)}`)
  await page.getByRole('alert').waitFor()
  expect(await wrongWith(page), 'a link that does not work').toEqual([])
  await context.close()
})

test('a keyboard is enough from claim to release, and the desk is as accessible as the app', async () => {
  const { page, desk } = escort
  await submit(stage, 'Say something', ['echo something'])
  await go(escort, '/inbox')
  await page.setViewportSize({ width: 1280, height: 900 })
  await press(page, page.getByRole('button', { name: 'Claim and open: Say something' }))
  await page.getByRole('button', { name: 'Claim for another hour' }).waitFor()
  const understood = page.getByRole('checkbox', { name: 'I have understood step 1' })
  if (await understood.isVisible()) await press(page, understood, 'Space')
  await press(page, page.getByRole('button', { name: 'Allow all steps' }))
  await heading(desk, /^You are about to allow/)
  await desk.setViewportSize(tall)
  expect(await wrongWith(desk), 'desk: allow').toEqual([])
  await press(desk, desk.getByRole('button', { name: 'Sign with my key' }))
  await heading(desk, 'Signed. Recorded.')
  expect(await wrongWith(desk), 'desk: signed').toEqual([])
  await page.getByLabel(/^Captured output of step 1/).waitFor()
  await press(page, page.getByRole('button', { name: 'Release output' }))
  await heading(desk, /^You are about to release/)
  expect(await wrongWith(desk), 'desk: release').toEqual([])
  await press(desk, desk.getByRole('button', { name: 'Sign with my key' }))
  await heading(desk, 'Signed. Recorded.')
  await heading(page, `Released to ${technician.name}`)
})

/** Goes to something with the tab key alone, and presses it. */
async function press(page: Page, wanted: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await wanted.waitFor()
  await page.bringToFront()
  for (let tabs = 0; !(await wanted.evaluate(hasFocus)); tabs++) {
    expect(tabs, 'presses of the tab key').toBeLessThan(200)
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press(key)
}

function hasFocus(element: object): boolean {
  return element === (globalThis as unknown as { document: { activeElement: object } }).document.activeElement
}

test('no browser broke the content security policy or asked another origin', () => {
  expect([...technician.complaints, ...escort.complaints]).toEqual([])
})
