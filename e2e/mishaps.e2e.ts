import process from 'node:process'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cast } from '../demo/organisation.ts'
import { enterAsDecider, type Decider } from './stage/actor.ts'
import { confirmSteps, signAtDesk } from './stage/sign-at-desk.ts'
import { startStage, type Stage } from './stage/start-stage.ts'
import { submit } from './stage/submit.ts'

let stage: Stage
let escort: Decider
let order: string
let purpose: string

beforeAll(async () => {
  stage = await startStage()
  escort = await enterAsDecider(stage, 'escort', { timezoneId: 'Asia/Tokyo', colorScheme: 'light' })
})
afterAll(() => stage[Symbol.asyncDispose]())
beforeEach(async ({ task }) => {
  purpose = task.name
  order = (await submit(stage, purpose, ['uptime'])).order
  await escort.page.goto(`${escort.origin}/review/${order}`)
  await claimButton(escort.page).waitFor()
})

const claimButton = (page: Page) => page.getByRole('button', { name: 'Claim this order' })
const claimed = (page: Page) => page.getByRole('button', { name: 'Claim for another hour' })

async function prepareAllow(): Promise<void> {
  await claimButton(escort.page).click()
  await claimed(escort.page).waitFor()
  await confirmSteps(escort)
  await escort.page.getByRole('button', { name: 'Allow all steps' }).click()
  await escort.desk.getByRole('heading', { name: /^You are about to allow/ }).waitFor()
}

async function runsOf(): Promise<number> {
  return (await stage.officer.call('review', { params: { order } })).runs.length
}

test('a session that ended asks for the key by itself, and goes on where it was', async () => {
  const { page, context, origin } = escort
  const other = await context.newPage()
  await other.goto(origin)
  await other.getByRole('button', { name: 'Sign out' }).click()
  await other.getByRole('button', { name: 'Sign in with your passkey' }).waitFor()
  await page.getByRole('button', { name: 'Sign in with your passkey' }).click()
  await page.getByRole('heading', { level: 1, name: purpose }).waitFor()
  await claimButton(page).click()
  await claimed(page).waitFor()
  await other.close()
})

test('while the gateway is gone, what was read stays and is said to be old', async () => {
  const { page } = escort
  const before = stage.demo.installation.pids().gateway!
  process.kill(before, 'SIGKILL')
  await page.getByText('Reconnecting: what you see may be old').waitFor()
  expect(await page.getByRole('heading', { level: 1, name: purpose }).isVisible()).toBe(true)
  await page.getByText('Live', { exact: true }).waitFor()
  expect(stage.demo.installation.pids().gateway).not.toBe(before)
  await claimButton(page).click()
  await claimed(page).waitFor()
})

test('an answer that is lost is not called a failure', async () => {
  const { page } = escort
  await page.route('**/claim', (route) => route.abort())
  await claimButton(page).click()
  const alert = page.getByRole('alert')
  await alert.getByText('The gateway did not answer').waitFor()
  await alert.getByText('Look whether it took effect before you do it again.').waitFor()
  await page.unroute('**/claim')
})

test('a touch that was cancelled signs nothing, and can be done again', async () => {
  await prepareAllow()
  await escort.decidingKey.setVerified(false)
  await escort.desk.getByRole('button', { name: 'Sign with my key' }).click()
  await escort.desk.getByRole('alert').getByText('Nothing was signed.').waitFor()
  expect(await runsOf()).toBe(0)
  await escort.decidingKey.setVerified(true)
  await signAtDesk(escort, /^You are about to allow/)
  await escort.page.getByText('Done.', { exact: true }).waitFor()
  expect(await runsOf()).toBe(1)
})

test('a signing request that was used is no longer open', async () => {
  await prepareAllow()
  const address = escort.desk.url()
  await signAtDesk(escort, /^You are about to allow/)
  await escort.desk.goto(address)
  await escort.desk.getByRole('heading', { name: 'This signing request is no longer open' }).waitFor()
  expect(await escort.desk.getByRole('button', { name: 'Sign with my key' }).count()).toBe(0)
})

test('an order that changed under the escort’s hands is not allowed by the signature for its former version', async () => {
  await prepareAllow()
  const technician = await stage.demo.signIn(cast.technician.person)
  const { submission } = await technician.call('myOrder', { params: { order } })
  await technician.call('reviseOrder', { params: { order }, body: { ...submission, purpose: 'Another' } })
  await escort.desk.getByRole('button', { name: 'Sign with my key' }).click()
  await escort.desk.getByRole('heading', { name: 'This signing request is no longer open' }).waitFor()
  await escort.desk.getByText('Nothing was recorded.').waitFor()
  await escort.page.getByRole('heading', { name: 'What changed since version 1' }).waitFor()
  await escort.page.getByRole('heading', { level: 1, name: 'Another' }).waitFor()
  expect(await escort.page.getByRole('button', { name: 'Open the desk again' }).count()).toBe(0)
  expect(await runsOf()).toBe(0)
})

test('a desk that was closed opens again', async () => {
  await prepareAllow()
  await escort.desk.close()
  const opened = escort.context.waitForEvent('page')
  await escort.page.getByRole('button', { name: 'Open the desk again' }).click()
  const desk = await opened
  await desk.getByRole('heading', { name: /^You are about to allow/ }).waitFor()
})

test('a second tab shows at once what was done in the first', async () => {
  const { page, context } = escort
  const second = await context.newPage()
  await second.goto(page.url())
  await claimButton(second).waitFor()
  await claimButton(page).click()
  await claimed(second).waitFor()
  await second.close()
})

test('times are shown in mine, the target’s or UTC, and the choice stays', async () => {
  const { page } = escort
  const submitted = page.getByRole('definition').getByRole('time').first()
  expect(await submitted.textContent()).toMatch(/ (GMT\+9|JST)$/)
  await page.getByLabel('Times').selectOption({ label: 'target’s' })
  await page.getByText('target time zone unknown, shown in UTC').waitFor()
  expect(await submitted.textContent()).toMatch(/ UTC$/)
  await page.getByLabel('Times').selectOption({ label: 'UTC' })
  await page.reload()
  expect(await submitted.textContent()).toMatch(/ UTC$/)
  await page.getByLabel('Times').selectOption('mine')
})

test('colours follow the system until they are chosen, and the choice stays', async () => {
  const { page } = escort
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
  const light = await background()
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(background).not.toBe(light)
  const dark = await background()
  await page.getByLabel('Colours').selectOption('light')
  await expect.poll(background).toBe(light)
  await page.reload()
  await claimButton(page).waitFor()
  expect(await background()).toBe(light)
  await page.getByLabel('Colours').selectOption('dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.reload()
  await claimButton(page).waitFor()
  expect(await background()).toBe(dark)
})
