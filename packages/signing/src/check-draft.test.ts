import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat, skP256Blob, toBase64, utf8 } from '@chaperone/encoding'
import type { DecisionStatement, Roster, StepLine } from '@chaperone/domain'
import type { SigningDraft } from '@chaperone/contract'
import { nodeCrypto } from '@chaperone/node-crypto'
import { checkDraft } from './check-draft.ts'
import { sampleDraft } from '@chaperone/testkit'

const {
  adoptDraft,
  commands,
  decisionDraft,
  escort,
  freezeDraft,
  killDraft,
  noon,
  releaseDraft,
  rosterWith,
  rpId,
  technician,
  withPerson,
  withTargets,
} = sampleDraft
type DecisionChanges = sampleDraft.DecisionChanges
type ReleaseChanges = sampleDraft.ReleaseChanges

const point = concat(new Uint8Array([4]), new Uint8Array(64).fill(7))
const roster = rosterWith([skP256Blob(point, rpId)])
const ground = { roster, keyClass: 'passkey' as const, now: noon, crypto: nodeCrypto }

function codeOf(draft: SigningDraft, change: Partial<typeof ground> = {}) {
  const checked = checkDraft(draft, { ...ground, ...change })
  return checked.ok ? 'shown' : checked.error
}

const drafts = {
  allow: decisionDraft(roster),
  forbid: decisionDraft(roster, { kind: 'forbid' }),
  release: releaseDraft(roster),
  kill: killDraft(),
  freeze: freezeDraft(),
}

test.for(Object.entries(drafts))('shows an honest %s', ([, draft]) => {
  expect(codeOf(draft)).toBe('shown')
})

/** The gateway serves something else than what the statement commits to. */
const [first, second] = drafts.allow.steps
if (first === undefined || second === undefined) throw new Error('the sample has two steps')
const other = toBase64(utf8('rm -rf /var/lib/frobnicator\n'))
const withFirst = (change: Partial<typeof first>) => ({ steps: [{ ...first, ...change }, second] })
const withSecond = (change: Partial<typeof second>) => ({ steps: [first, { ...second, ...change }] })
const order = drafts.allow.order ?? { salt: '', document: {} }

test.for<[what: string, draft: Partial<SigningDraft>, field: string]>([
  ['other bytes', withFirst({ bytes: other }), 'bytes'],
  ['bytes that are not base64', withFirst({ bytes: '====' }), 'bytes'],
  ['another file', withSecond({ files: [other] }), 'files'],
  ['a file less', withSecond({ files: [] }), 'files'],
  ['a file more', withFirst({ files: [other] }), 'files'],
  ['another target', withFirst({ document: { ...first.document, target: 'db-1' } }), 'step'],
  ['another account', withFirst({ document: { ...first.document, account: 'root' } }), 'step'],
  ['a member that is not shown', withFirst({ document: { ...first.document, also: 1 } }), 'step'],
  ['a step without its members', withFirst({ document: {} }), 'step'],
  ['another salt', withFirst({ salt: 'f'.repeat(64) }), 'step'],
  ['a short salt', withFirst({ salt: 'ff' }), 'step'],
  ['another analysis', withFirst({ analysis: { level: 'routine', summary: 'Harmless.' } }), 'analysis'],
  ['an analysis that cannot be hashed', withFirst({ analysis: { level: 0.5 } }), 'analysis'],
  ['the steps in another order', { steps: [second, first] }, 'extra'],
  ['a step less', { steps: [first] }, 'extra'],
  ['a step more', { steps: [first, second, { ...second, index: 3 }] }, 'extra'],
  ['no order', { order: null }, 'order'],
  ['another purpose', { order: { ...order, document: { ...order.document, purpose: 'x' } } }, 'order'],
  ['more in the order', { order: { ...order, document: { ...order.document, also: '' } } }, 'order'],
  ['output beside a decision', { releases: drafts.release.releases }, 'extra'],
  ['a recipient beside a decision', { recipientFacts: drafts.release.recipientFacts }, 'extra'],
])('shows nothing of an allow with %s', ([, change, field]) => {
  expect(codeOf({ ...drafts.allow, ...change })).toMatchObject({ code: 'opening-mismatch', field })
})

/** The gateway lets somebody sign a statement that says something else than what was submitted. */
const line = (change: Partial<StepLine>): DecisionChanges => ({
  statement: (s) => ({ ...s, steps: s.steps.map((l, i) => (i === 0 ? { ...l, ...change } : l)) }),
})
const says = (change: Partial<DecisionStatement>): DecisionChanges => ({
  statement: (s) => ({ ...s, ...change }),
})
const late = '2026-11-26T12:00:00Z'

test.for<[code: string, facts: object, changes: DecisionChanges]>([
  ['statement-not-for-this', { field: 'order' }, says({ order: 'wo-otherorder1' })],
  ['statement-not-for-this', { field: 'version' }, says({ version: 2 })],
  ['statement-not-for-this', { field: 'technician' }, says({ technician: 'p-escorttwo' })],
  ['statement-not-for-this', { field: 'person' }, says({ escort: 'p-escorttwo' })],
  [
    'statement-not-for-this',
    { field: 'steps' },
    { statement: (s) => ({ ...s, steps: [...s.steps].reverse() }) },
  ],
  ['opening-mismatch', { field: 'order' }, says({ orderDigest: 'c'.repeat(64) })],
  ['window-outside-order', {}, says({ notAfter: late })],
  ['window-outside-order', {}, says({ notBefore: '2026-11-24T07:00:00Z' })],
  ['escort-is-author', {}, { order: { technician: escort } }],
  ['roster-stale', { signed: 9, current: 1 }, says({ roster: 9 })],
  ['policy-stale', {}, says({ policy: '2'.repeat(64) })],
  ['step-unknown', { step: 1 }, line({ step: { index: 1, of: 4 } })],
  ['step-unknown', { step: 1 }, line({ digest: 'c'.repeat(64) })],
  ['step-not-as-submitted', { step: 1, field: 'target' }, line({ target: 'db-1' })],
  ['step-not-as-submitted', { step: 1, field: 'account' }, line({ account: 'root' })],
  ['step-not-as-submitted', { step: 1, field: 'interpreter' }, line({ interpreter: 'sql' })],
  ['opening-mismatch', { step: 1, field: 'analysis' }, line({ analysis: 'c'.repeat(64) })],
  ['host-key-not-in-roster', { target: 'web-1' }, line({ hostKey: `SHA256:${'A'.repeat(43)}` })],
  ['target-unknown', { target: 'web-2' }, { step: (d, i) => (i === 0 ? { ...d, target: 'web-2' } : d) }],
  ['account-not-permitted', { step: 1 }, { step: (d, i) => (i === 0 ? { ...d, account: 'admin' } : d) }],
  ['interpreter-not-permitted', { step: 1 }, { step: (d) => ({ ...d, interpreter: 'powershell' }) }],
  ['step-malformed', { step: 1, field: 'maxSeconds' }, { step: (d) => ({ ...d, maxSeconds: 0 }) }],
  ['order-malformed', { field: 'purpose' }, { order: { purpose: ' ' } }],
  ['window-invalid', {}, { order: { notAfter: '2026-11-24T08:00:00Z' } }],
])('refuses with %s %o what the gateway made up', ([code, facts, changes]) => {
  expect(codeOf(decisionDraft(roster, changes))).toMatchObject({ code, ...facts })
})

/** What the desk's own roster and clock say, whatever the gateway says. */
test.for<[code: string, change: (roster: Roster) => Roster]>([
  ['escort-unknown', (r) => ({ ...r, people: r.people.filter(({ person }) => person !== escort) })],
  ['escort-unknown', (r) => withPerson(r, escort, { until: noon })],
  ['role-missing', (r) => withPerson(r, escort, { roles: ['technician', 'officer', 'auditor'] })],
  ['escort-regime', (r) => withPerson(r, escort, { regimes: ['cjis'] })],
  ['key-class-not-permitted', (r) => withTargets(r, { keyClasses: ['piv'] })],
  ['quorum-wrong', (r) => withTargets(r, { quorum: 2 })],
])('refuses with %s by the roster alone', ([code, change]) => {
  const changed = change(roster)
  expect(codeOf(decisionDraft(changed), { roster: changed })).toMatchObject({ code })
})

test('a forbid may come after the window, an allow may not', () => {
  expect(codeOf(drafts.allow, { now: late })).toMatchObject({ code: 'window-closed' })
  expect(codeOf(drafts.forbid, { now: late })).toBe('shown')
})

test.for<[what: string, draft: SigningDraft, refusal: object]>([
  ['free text as a statement', { ...drafts.kill, statement: 'yes' }, { code: 'statement-malformed' }],
  [
    'a line more',
    { ...drafts.kill, statement: `${drafts.kill.statement}step 1\n` },
    { code: 'statement-malformed' },
  ],
  ['another kind', { ...drafts.kill, kind: 'allow' }, { code: 'statement-not-for-this', field: 'kind' }],
  ['an adoption', adoptDraft(), { code: 'not-signed-here', kind: 'adopt' }],
  ['a kill with an order', { ...drafts.kill, order }, { code: 'opening-mismatch', field: 'extra' }],
  ['a freeze with steps', { ...drafts.freeze, steps: [first] }, { code: 'opening-mismatch', field: 'extra' }],
  [
    'a kill with output',
    { ...drafts.kill, releases: drafts.release.releases },
    { code: 'opening-mismatch', field: 'extra' },
  ],
  [
    'a kill with a recipient',
    { ...drafts.kill, recipientFacts: drafts.release.recipientFacts },
    { code: 'opening-mismatch', field: 'extra' },
  ],
])('shows nothing of %s', ([, draft, refusal]) => {
  expect(codeOf(draft)).toMatchObject(refusal)
})

test('an officer may end a run', () => {
  const officer = withPerson(roster, escort, { roles: ['officer'] })
  expect(codeOf(killDraft(), { roster: officer })).toBe('shown')
  expect(codeOf(freezeDraft(), { roster: officer })).toMatchObject({ code: 'role-missing' })
})

const facts = (change: ReleaseChanges['facts']): ReleaseChanges => ({ facts: change ?? {} })
const release = drafts.release.releases[0] ?? { run: '', salt: '', text: '' }

test.for<[what: string, draft: SigningDraft, refusal: object]>([
  [
    'another text',
    { ...drafts.release, releases: [{ ...release, text: 'x' }] },
    { code: 'opening-mismatch', field: 'release' },
  ],
  [
    'another run',
    { ...drafts.release, releases: [{ ...release, run: '9'.repeat(32) }] },
    { code: 'opening-mismatch', field: 'release' },
  ],
  [
    'a text more',
    { ...drafts.release, releases: [release, release] },
    { code: 'opening-mismatch', field: 'extra' },
  ],
  ['an order', { ...drafts.release, order }, { code: 'opening-mismatch', field: 'extra' }],
  [
    'another length',
    releaseDraft(roster, {
      statement: (s) => ({ ...s, releases: s.releases.map((l) => ({ ...l, length: l.length + 1 })) }),
    }),
    { code: 'opening-mismatch', field: 'release' },
  ],
  [
    'half a letter, which bytes cannot spell',
    { ...drafts.release, releases: [{ ...release, text: '\ud800' }] },
    { code: 'opening-mismatch', field: 'release' },
  ],
  ['no facts', { ...drafts.release, recipientFacts: null }, { code: 'opening-mismatch', field: 'recipient' }],
  [
    'more than the known facts',
    releaseDraft(roster, facts({ cleared: 'yes' })),
    { code: 'opening-mismatch', field: 'recipient' },
  ],
  ['facts of somebody else', releaseDraft(roster, facts({ person: escort })), { code: 'recipient-wrong' }],
  ['made-up roles', releaseDraft(roster, facts({ roles: ['auditor'] })), { code: 'recipient-wrong' }],
  ['a made-up date', releaseDraft(roster, facts({ until: late })), { code: 'recipient-wrong' }],
  ['facts of an older roster', releaseDraft(roster, facts({ roster: 2 })), { code: 'recipient-wrong' }],
  [
    'a stale roster',
    releaseDraft(roster, { statement: (s) => ({ ...s, roster: 2 }) }),
    { code: 'roster-stale' },
  ],
  [
    'a stale policy',
    releaseDraft(roster, { statement: (s) => ({ ...s, policy: '2'.repeat(64) }) }),
    { code: 'policy-stale' },
  ],
])('shows nothing of a release with %s', ([, draft, refusal]) => {
  expect(codeOf(draft)).toMatchObject(refusal)
})

test('a recipient who counts no longer receives nothing', () => {
  const gone = withPerson(roster, technician, { until: noon })
  expect(codeOf(releaseDraft(gone), { roster: gone })).toMatchObject({ code: 'recipient-wrong' })
})

test('what is shown is what was committed to', () => {
  const checked = checkDraft(drafts.allow, ground)
  const steps = checked.ok && checked.value.about === 'decision' ? checked.value.steps : []
  expect(steps.map((step) => step.bytes)).toEqual(commands.slice(0, 2))
  expect(steps.map((step) => step.address)).toEqual(['127.0.0.1 port 22', '127.0.0.1 port 22'])
})

/** Every place in a draft, as the path to it; names and the ticket prove nothing and are not believed. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (path[0] === 'names' || path[0] === 'ticket' || value === null) return []
  if (typeof value !== 'object') return [[...path]]
  return Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...path, name]))
}

function changedAt(value: unknown, [name, ...rest]: readonly (string | number)[], salt: number): unknown {
  if (name === undefined)
    return typeof value === 'number' ? value + 1 + salt : changedText(String(value), salt)
  const inner = value as Record<string, unknown>
  const copy: unknown = Array.isArray(value) ? [...(inner as unknown as unknown[])] : { ...inner }
  ;(copy as Record<string, unknown>)[name] = changedAt(inner[name], rest, salt)
  return copy
}

function changedText(text: string, salt: number): string {
  const at = salt % (text.length + 1)
  const letter = text[at] === 'A' ? 'B' : 'A'
  return text.slice(0, at) + letter + text.slice(at + 1)
}

test('no letter and no number of a draft can be changed', () => {
  for (const draft of [drafts.allow, drafts.release]) {
    const places = placesIn(draft)
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.nat(10_000), (place, salt) => {
        expect(codeOf(changedAt(draft, place, salt) as SigningDraft)).not.toBe('shown')
      }),
      { numRuns: 300 },
    )
  }
})
