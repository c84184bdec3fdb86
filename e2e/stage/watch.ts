import type { BrowserContext } from 'playwright-core'

/** What a browser complained about, or asked of somebody else. */
export interface Watch {
  /** Breaches of the content security policy, errors on the console and in scripts, requests to other origins. */
  readonly complaints: readonly string[]
}

interface PageWindow {
  addEventListener(name: string, listener: (event: Breach) => void): void
  chaperoneBreach(text: string): void
}
interface Breach {
  readonly effectiveDirective: string
  readonly blockedURI: string
  readonly sourceFile: string
}

// What the pages say themselves when something is refused: the browser repeats every answer from 400 up as an error.
const answered = /^Failed to load resource: the server responded with a status of/

/** Listens to every page of a context, from before its first one is opened. */
export async function watch(context: BrowserContext, origins: readonly string[]): Promise<Watch> {
  const complaints: string[] = []
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol !== 'data:' && !origins.includes(origin)) complaints.push(`request to ${request.url()}`)
  })
  context.on('console', (message) => {
    if (message.type() === 'error' && !answered.test(message.text()))
      complaints.push(`console: ${message.text()}`)
  })
  context.on('weberror', (error) => complaints.push(`script: ${error.error().message}`))
  await context.exposeFunction('chaperoneBreach', (text: string) => void complaints.push(`policy: ${text}`))
  await context.addInitScript(() => {
    const page = globalThis as unknown as PageWindow
    page.addEventListener('securitypolicyviolation', (event) =>
      page.chaperoneBreach(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`),
    )
  })
  return { complaints }
}
