import process from 'node:process'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { cast } from '../demo/organisation.ts'
import { instantNow } from '../demo/demonstration.ts'
import { bashStep, questionableOrder, routineOrder } from '../demo/sample-orders.ts'
import { enter, enterAsDecider } from './stage/actor.ts'
import { confirmSteps, signAtDesk } from './stage/sign-at-desk.ts'
import { startStage } from './stage/start-stage.ts'
import { submit } from './stage/submit.ts'

/**
 * Takes the pictures of docs/pictures from a real installation. Run by hand: `node e2e/take-pictures.ts`, or with the
 * names of the pictures that are wanted.
 */
const folder = fileURLToPath(new URL('../docs/pictures', import.meta.url))
const size = { width: 1440, height: 1100 }
const wanted = new Set(process.argv.slice(2))

async function picture(page: Page, name: string, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
  if (wanted.size > 0 && !wanted.has(name)) return
  await page.emulateMedia({ colorScheme })
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path, animations: 'disabled' })
  console.log(`${name}.png, ${Math.ceil(statSync(path).size / 1000)} kB`)
}

mkdirSync(folder, { recursive: true })
await using stage = await startStage()
const technician = await enter(stage, 'technician', { viewport: size })
const escort = await enterAsDecider(stage, 'escort', { viewport: size })
const { page, desk } = escort
await desk.setViewportSize({ width: 820, height: 960 })
const { targets } = stage.demo
const conf = '/etc/orders/orders.conf'
const believable = await submit(
  stage,
  'Mornings are slow: give the orders service four workers instead of two',
  [
    'systemctl status orders --no-pager',
    'tail -n 40 /var/log/orders/orders.log',
    `cp -p ${conf} ${conf}.before`,
    `sed -i 's/^workers = 2$/workers = 4/' ${conf}`,
    'systemctl reload orders',
    'systemctl is-active orders && curl -fsS http://127.0.0.1:9000/health',
  ],
  {
    fault: 'orders.log since Monday: “queue depth 64, all 2 workers busy, waited 4210 ms”',
    component: 'orders on web-1',
    mayShow: 'The state of the service and its log of this morning. Names of customers should not leave.',
    effects: [
      { effect: 'config-change', place: conf },
      { effect: 'service-change', place: 'orders' },
    ],
    rollback: [bashStep(targets.web, `cp -p ${conf}.before ${conf} && systemctl reload orders\n`)],
  },
)
const mara = await stage.demo.signIn(cast.technician.person)
const routine = await mara.call('submitOrder', { body: routineOrder(targets, instantNow()) })
await mara.call('submitOrder', { body: questionableOrder(targets, instantNow()) })

await page.goto(`${escort.origin}/inbox`)
await page.getByRole('table').waitFor()
await picture(page, 'inbox')

await page.goto(`${escort.origin}/review/${believable.order}`)
await page.getByRole('button', { name: 'Claim this order' }).click()
await page.getByRole('button', { name: 'Claim for another hour' }).waitFor()
await page.evaluate('scrollTo(0, 0)')
await picture(page, 'review')
await picture(page, 'review-dark', 'dark')
await page.emulateMedia({ colorScheme: 'light' })
await confirmSteps(escort)
await page.getByRole('button', { name: 'Allow all steps' }).click()
await desk.getByRole('heading', { name: /^You are about to allow/ }).waitFor()
await picture(desk, 'desk')

await page.goto(`${escort.origin}/review/${routine.order}`)
await page.getByRole('button', { name: 'Claim this order' }).click()
await page.getByRole('button', { name: 'Claim for another hour' }).waitFor()
await confirmSteps(escort)
await page.getByRole('button', { name: 'Allow all steps' }).click()
await signAtDesk(escort, new RegExp(`about to allow .* ${routine.order}`))
await page.getByText('Done.', { exact: true }).waitFor()
await page.getByLabel(/^Captured output of step 2/).waitFor()
await page.getByRole('heading', { name: 'Output and release' }).scrollIntoViewIfNeeded()
await picture(page, 'release')
await page.getByRole('button', { name: 'Release output' }).click()
await signAtDesk(escort, /^You are about to release/)

await technician.page.goto(`${technician.origin}/orders/${routine.order}`)
await technician.page.getByRole('button', { name: 'Read the output of step 2' }).click()
await technician.page.getByRole('region', { name: 'Released output of step 2' }).waitFor()
await technician.page.evaluate('scrollTo(0, 0)')
await picture(technician.page, 'my-order')
await technician.page.goto(`${technician.origin}/orders/new`)
await technician.page.getByLabel('Purpose').fill(routine.purpose)
await technician.page
  .getByLabel(/^Exact commands of step 1/)
  .fill('systemctl status orders --no-pager | head -n 20\n')
await technician.page.evaluate('scrollTo(0, 0)')
await picture(technician.page, 'compose')

const auditor = await enter(stage, 'auditor', { viewport: size })
await auditor.page.goto(`${auditor.origin}/log/${routine.order}`)
await auditor.page
  .getByText(/with their own key/)
  .first()
  .waitFor()
await picture(auditor.page, 'story')
