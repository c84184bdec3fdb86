import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Found {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}
interface AxeWindow {
  readonly axe: {
    run(options: object): Promise<{ readonly violations: Found[]; readonly incomplete: Found[] }>
  }
}

/** What axe finds wrong on a page, or cannot decide. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  const { violations, incomplete } = await page.evaluate(async () => {
    const window = globalThis as unknown as AxeWindow
    return window.axe.run({ resultTypes: ['violations', 'incomplete'] })
  })
  const undecided = incomplete.map(({ id, nodes }) => ({ id: `undecided ${id}`, nodes }))
  return [...violations, ...undecided].map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  )
}

/** Whether a page has to be scrolled sideways. */
export async function scrollsSideways(page: Page): Promise<boolean> {
  return (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) === true
}
