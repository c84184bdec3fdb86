import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { adoptCollectedKeys } from '../../demo/adopt-keys.ts'
import { cast, type CastName } from '../../demo/organisation.ts'
import { plugAuthenticator, type Authenticator } from './authenticator.ts'
import type { Stage } from './start-stage.ts'
import { watch, type Watch } from './watch.ts'

/** Somebody with a browser profile of their own, enrolled and signed in. */
export interface Actor extends Watch {
  readonly name: string
  readonly context: BrowserContext
  /** The app. */
  readonly page: Page
  /** The key that signs in. */
  readonly key: Authenticator
  /** The app's address. */
  readonly origin: string
}

/** Somebody who decides as well: their desk stays open in a window beside the app. */
export interface Decider extends Actor {
  readonly desk: Page
  readonly decidingKey: Authenticator
  /** As the desk showed it. */
  readonly fingerprint: string
}

// The machine may be busy with other things; what is waited for is named, so a long wait hides nothing.
const patience = 30_000

/** Follows a one-time link in a new browser profile, makes the sign-in passkey and signs in with it. */
export async function enter(
  stage: Stage,
  name: CastName,
  options: BrowserContextOptions = {},
): Promise<Actor> {
  const actor = await follow(stage, name, options)
  await signIn(actor)
  return actor
}

/** As `enter`, with the deciding passkey made at the desk in its own window and adopted by two officers. */
export async function enterAsDecider(
  stage: Stage,
  name: CastName,
  options: BrowserContextOptions = {},
): Promise<Decider> {
  const actor = await follow(stage, name, options)
  const { page, context } = actor
  const opened = context.waitForEvent('page')
  await page.getByRole('link', { name: 'Open the desk to make the key' }).click()
  const desk = await opened
  const decidingKey = await plugAuthenticator(desk)
  await desk.getByRole('button', { name: 'Make my key' }).click()
  await desk.getByRole('heading', { name: 'Your key was made' }).waitFor()
  const shown = await desk.getByText(/^Fingerprint SHA256:/).textContent()
  const fingerprint = (shown ?? '').replace('Fingerprint ', '')
  await page.getByText('Waiting until two officers adopt it.').waitFor()
  await adoptCollectedKeys(stage.demo, stage.officer)
  await page.getByText('Two officers adopted it: it counts.').waitFor()
  await signIn(actor)
  return { ...actor, desk, decidingKey, fingerprint }
}

async function follow(stage: Stage, name: CastName, options: BrowserContextOptions): Promise<Actor> {
  const member = cast[name]
  const { app, desk } = stage.demo.installation.config
  const context = await stage.browser.newContext({ reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(patience)
  const watching = await watch(context, [app.origin, desk.origin])
  const page = await context.newPage()
  const key = await plugAuthenticator(page)
  const { url } = await stage.officer.call('issueEnrolment', { params: { person: member.person } })
  await page.goto(url)
  await page.getByRole('button', { name: 'Make the sign-in passkey' }).click()
  await page.getByText('You can sign in with it now.').waitFor()
  return { ...watching, name: member.name, context, page, key, origin: app.origin }
}

/** From wherever they are: the app's front page, one touch. */
export async function signIn({ page, origin }: Actor): Promise<void> {
  await page.goto(origin)
  await page.getByRole('button', { name: 'Sign in with your passkey' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}
