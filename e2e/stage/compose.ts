import type { Locator, Page } from 'playwright-core'

/** A step as a technician types it. */
export interface TypedStep {
  readonly text: string
  readonly expected?: string
  readonly seconds?: number
  readonly file?: { readonly name: string; readonly content: string }
}

export interface TypedOrder {
  readonly purpose: string
  readonly fault: string
  readonly component: string
  readonly mayShow: string
  readonly effects: readonly (readonly [effect: string, place: string])[]
  readonly steps: readonly TypedStep[]
  readonly rollback: readonly TypedStep[]
}

/** Fills in the form of a new work order, as it stands open on `page`. */
export async function compose(page: Page, order: TypedOrder): Promise<void> {
  await page.getByLabel('Purpose').fill(order.purpose)
  await page.getByLabel('Fault').fill(order.fault)
  await page.getByLabel('What may be shown').fill(order.mayShow)
  await page.getByLabel('Component').fill(order.component)
  for (const [i, [effect, place]] of order.effects.entries()) {
    await page.getByRole('button', { name: 'Declare an effect' }).click()
    await page.getByLabel(`Effect ${i + 1}`, { exact: true }).selectOption({ label: effect })
    await page.getByLabel(`Place of effect ${i + 1}`).fill(place)
  }
  for (const [i, step] of order.steps.entries()) {
    if (i > 0) await page.getByRole('button', { name: 'Add a step' }).click()
    await typeStep(page, `Step ${i + 1}`, step)
  }
  for (const [i, step] of order.rollback.entries()) {
    await page.getByRole('button', { name: 'Add a rollback step' }).click()
    await typeStep(page, `Rollback step ${i + 1}`, step)
  }
}

async function typeStep(page: Page, name: string, step: TypedStep): Promise<void> {
  const fields = stepFields(page, name)
  await fields.getByLabel(/^Exact commands/).fill(step.text)
  await fields.getByLabel('Expected output').fill(step.expected ?? '')
  if (step.seconds !== undefined) await fields.getByLabel('Seconds at most').fill(String(step.seconds))
  if (step.file === undefined) return
  const chooser = page.waitForEvent('filechooser')
  await fields.getByRole('button', { name: /^Add files/ }).click()
  const { name: fileName, content } = step.file
  await (await chooser).setFiles({ name: fileName, mimeType: 'text/plain', buffer: Buffer.from(content) })
  await fields.getByLabel(/^Mode of f1 /).waitFor()
}

/** The fields of one step, by its heading. */
export function stepFields(page: Page, name: string): Locator {
  return page.getByRole('group', { name, exact: true })
}
