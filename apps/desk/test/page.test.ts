import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { fromBase64, parsePublicKey, publicKeyLine } from '@chaperone/encoding'
import { checkStatement, type Roster, type SignedStatement } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { startDesk, type RunningDesk } from './running-desk.ts'
import { sampleDraft } from '@chaperone/testkit'

const {
  adopted,
  commands,
  decisionDraft,
  escort,
  freezeDraft,
  killDraft,
  noon,
  releaseDraft,
  rosterWith,
  rpId,
  ticket,
  withTargets,
} = sampleDraft

const token = 'E'.repeat(43)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']

let desk: RunningDesk
let browser: Browser
let page: Page
let devtools: CDPSession
let authenticatorId: string
let roster: Roster
let blob: Uint8Array
let fingerprint: string
const complaints: string[] = []

beforeAll(async () => {
  desk = await startDesk(rpId, noon)
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
  page = await browser.newPage()
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2',
    transport: 'usb',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const
  authenticatorId = (await devtools.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId
  await page.goto(`${desk.origin}/enrol#${token}`)
  await page.getByRole('button', { name: 'Make my key' }).click()
  await page.getByRole('heading', { name: 'Your key was made' }).waitFor()
  fingerprint = (await page.locator('.fingerprint').textContent()) ?? ''
  blob = fromBase64(desk.gateway.keys[0]?.blob ?? '') ?? new Uint8Array()
  roster = rosterWith([blob], desk.origin)
  desk.root(adopted(roster))
})
afterAll(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})
beforeEach(() => {
  desk.gateway.failing = {}
  desk.gateway.draft = decisionDraft(roster)
  desk.gateway.completed.length = 0
  complaints.length = 0
})
afterEach(async () => {
  await page.goto('about:blank') // so that the next address is a new visit
})

const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const signButton = () => page.getByRole('button', { name: 'Sign with my key' })
const hasFocus = (element: object) =>
  element === (globalThis as { document?: { activeElement: object } }).document?.activeElement
const visit = (path: string) => page.goto(`${desk.origin}${path}`)

test('an enrolled key’s fingerprint is shown as ssh-keygen prints it', () => {
  const printed = inFolder((folder) => {
    writeFileSync(join(folder, 'key.pub'), `${keyLine()}\n`)
    return execFileSync('ssh-keygen', ['-l', '-f', 'key.pub'], { cwd: folder, encoding: 'utf8' })
  })
  expect(printed).toContain(` ${fingerprint.replace('Fingerprint ', '')} `)
})

function keyLine(): string {
  const parsed = parsePublicKey(blob)
  if (!parsed.ok) throw new Error('the desk handed in no key')
  return publicKeyLine(parsed.value)
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-desk-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('an allow is read, signed with one touch, and verifies without us', async () => {
  await visit(`/sign#${ticket}`)
  await heading('You are about to allow steps 1–2 of order wo-7h2m1x9q4c').waitFor()
  for (const [i, command] of commands.slice(0, 2).entries()) {
    const text = await page.getByRole('region', { name: `Step ${i + 1}: exact bytes` }).textContent()
    expect(text).toBe(Buffer.from(command).toString())
  }
  await signButton().click()
  await heading('Signed. Recorded.').waitFor()
  expect(new URL(page.url()).hash).toBe('')
  const [handed] = desk.gateway.completed
  expect(checkStatement(handed!.statement, roster, noon, nodeCrypto)).toMatchObject({ ok: true })
  expect(verifiedBySshKeygen(handed!.statement)).toContain('Good "allow@chaperone" signature')
  expect(complaints).toEqual([])
})

function verifiedBySshKeygen({ text, signature }: SignedStatement): string {
  return inFolder((folder) => {
    writeFileSync(join(folder, 'signers'), `${escort} namespaces="allow@chaperone" ${keyLine()}\n`)
    writeFileSync(join(folder, 'signature'), signature)
    const options = [
      '-Y',
      'verify',
      '-f',
      'signers',
      '-I',
      escort,
      '-n',
      'allow@chaperone',
      '-s',
      'signature',
    ]
    return execFileSync('ssh-keygen', options, { cwd: folder, input: text, encoding: 'utf8' })
  })
}

test('the next statement appears in the same window, and the keyboard is enough', async () => {
  await visit('/sign')
  await heading('Nothing to sign').waitFor()
  await page.evaluate(`location.hash = '${ticket}'`)
  await heading(/^You are about to allow/).waitFor()
  expect(await page.evaluate('document.activeElement.tagName')).toBe('H1')
  const second = 'U'.repeat(43)
  desk.gateway.draft = { ...killDraft(), ticket: second }
  await page.evaluate(`location.hash = '${second}'`)
  await heading(/^You are about to sign the stop/).waitFor()
  while (!(await signButton().evaluate(hasFocus))) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await heading('Signed. Recorded.').waitFor()
  expect(desk.gateway.completed).toMatchObject([{ ticket: second }])
})

test('without user verification nothing is signed, and it can be tried again', async () => {
  await visit(`/sign#${ticket}`)
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await signButton().click()
  await page.getByRole('alert').getByText('Nothing was signed.').waitFor()
  expect(desk.gateway.completed).toEqual([])
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
  await signButton().click()
  await heading('Signed. Recorded.').waitFor()
})

test('a draft that fails the check is not shown', async () => {
  const draft = decisionDraft(roster)
  desk.gateway.draft = { ...draft, steps: draft.steps.map((step) => ({ ...step, bytes: 'cm0gLXJmIC8=' })) }
  await visit(`/sign#${ticket}`)
  await heading('What was handed over is not what the statement says').waitFor()
  await page.getByText('Nothing was signed.').waitFor()
  expect(await signButton().count()).toBe(0)
  expect(await page.locator('main').textContent()).not.toMatch(/rm -rf|systemctl/)
})

test('after the touch it is said what is not known', async () => {
  await visit(`/sign#${ticket}`)
  await signButton().waitFor()
  desk.gateway.failing = { deskComplete: 'hang-up' }
  await signButton().click()
  await heading('Signed, but it is not known whether it was recorded').waitFor()
  await page.getByText('It may or may not have been recorded.').waitFor()
})

test('when the desk itself is gone after the touch, it is not said that nothing was signed', async () => {
  await visit(`/sign#${ticket}`)
  await signButton().waitFor()
  await page.route('**/api/sign', (route) => route.abort())
  await signButton().click()
  await heading('Signed, but it is not known whether it was recorded').waitFor()
  await page.unroute('**/api/sign')
})

test('a spent ticket says so', async () => {
  desk.gateway.draft = undefined
  await visit(`/sign#${ticket}`)
  await heading('This signing request is no longer open').waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
})

test('markup and hidden letters in what is signed or named are shown, not obeyed', async () => {
  const bytes = Buffer.from('echo "<img src=x onerror=alert(1)>" \u202e\u0000\n')
  const draft = decisionDraft(roster, { bytes: [bytes], order: { purpose: '<b>bold</b> \u200b' } })
  desk.gateway.draft = { ...draft, names: { [escort]: '<i>Eva</i>\u202e' } }
  await visit(`/sign#${ticket}`)
  await signButton().waitFor()
  expect(await page.locator('img[src], main b, main i').count()).toBe(0)
  await page.getByRole('img', { name: '[right-to-left override]' }).waitFor()
  await page.getByRole('img', { name: '[NUL byte]' }).waitFor()
  await page.getByText('<i>Eva</i>⟦U+202E⟧ (p-escortone)').waitFor()
})

// Tall, so that nothing lies under the bar that keeps the button in sight: axe cannot judge what is half covered.
const height = 6000
const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'dark', width: 320 },
] as const
const screens: readonly (readonly [
  path: string,
  draft: () => RunningDesk['gateway']['draft'],
  ready: RegExp,
])[] = [
  ['/sign', () => undefined, /^Nothing to sign/],
  ['/enrol', () => undefined, /^No enrolment link/],
  [`/enrol#${token}`, () => undefined, /^Make the key/],
  [`/sign#${ticket}`, () => undefined, /no longer open/],
  [`/sign#${ticket}`, () => decisionDraft(roster), /about to allow/],
  [`/sign#${ticket}`, () => decisionDraft(roster, { kind: 'forbid' }), /about to forbid/],
  [`/sign#${ticket}`, () => releaseDraft(roster), /about to release/],
  [`/sign#${ticket}`, () => freezeDraft(), /about to freeze/],
]

test.for(looks)('every screen is accessible: %o', async ({ colorScheme, width }) => {
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize({ width, height })
  for (const [path, draft, ready] of screens) {
    desk.gateway.draft = draft()
    await visit(path)
    await heading(ready).waitFor()
    for (const summary of await page.locator('summary').all()) await summary.click()
    expect(await found(), `${path} ${ready.source}`).toEqual([])
    const wider = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
    expect(wider, `${path} scrolls sideways`).toBe(false)
    await page.goto('about:blank')
  }
})

test('what comes after a touch is accessible too', async () => {
  await page.emulateMedia({ colorScheme: 'light' })
  await visit(`/sign#${ticket}`)
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await signButton().click()
  await page.getByRole('alert').getByText('Nothing was signed.').waitFor()
  expect(await found()).toEqual([])
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
  await signButton().click()
  await heading('Signed. Recorded.').waitFor()
  expect(await found()).toEqual([])
})

/** What axe finds wrong, or cannot decide. */
async function found(): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<Record<'violations' | 'incomplete', { id: string; nodes: { html: string }[] }[]>>
      }
    }
    const { violations, incomplete } = await axe.run()
    return [...violations, ...incomplete].map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    )
  })
}

test('two seats are said to be two', async () => {
  const two = withTargets(roster, { quorum: 2 })
  desk.gateway.draft = decisionDraft(two, {
    statement: (s) => ({ ...s, steps: s.steps.map((line) => ({ ...line, seat: { index: 1, of: 2 } })) }),
  })
  await visit(`/sign#${ticket}`)
  await page.getByText('More people must allow it before anything runs.').waitFor()
  expect(await page.getByText('Signature 1 of 2; one more person must sign').count()).toBe(2)
})

test('a second key on the same device leaves the first one be', async () => {
  await visit(`/enrol#${token}`)
  await page.getByRole('button', { name: 'Make my key' }).click()
  await heading('Your key was made').waitFor()
  expect(await found()).toEqual([])
  expect((await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials).toHaveLength(2)
})
