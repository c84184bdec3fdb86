import { describe, expect, test } from 'vitest'
import { fromBase64, toBase64, type PersonId } from '@chaperone/encoding'
import { generateKey, nodeCrypto, signSshsig } from '@chaperone/node-crypto'
import { sampleActs, sampleDigest, sampleInstant, sampleOrganisation, type Moment } from '@chaperone/testkit'
import {
  allowancesFor,
  apply,
  decide,
  leastSeats,
  statementReader,
  type Context,
  type DecisionStatement,
  type OrderEvent,
  type RefusalCode,
  type Roster,
  type RosterTarget,
  type SignedStatement,
  type Statement,
  type WorkOrder,
} from './index.ts'

const organisation = sampleOrganisation({ more: 2 })
const [technician, one, two, officer] = ['p-technician', 'p-escortone', 'p-escorttwo', 'p-officerone']
/** Escorts who are technicians too, and who may not escort this regime. */
const [both, outsider] = ['p-extra00000', 'p-extra00001']
const at = sampleInstant(0)
const later = (seconds: number) => sampleInstant(seconds)
const id = 'wo-sample0abc'

const roster: Roster = {
  ...organisation.roster,
  people: organisation.roster.people.map((person) => {
    if (person.person === both) return { ...person, roles: ['technician', 'escort'] }
    if (person.person === outsider) return { ...person, regimes: ['cjis'] }
    return person
  }),
}
const acts = sampleActs(organisation, {
  targets: ['web-1', 'db-1', 'web-1'],
  rollbackSteps: 1,
  notBefore: later(-60),
  notAfter: later(3600),
})
const moment: Moment = { at, roster }
const reader = statementReader(nodeCrypto)
const context: Context = { at, roster, stops: [], crypto: nodeCrypto }

function after(order: WorkOrder | undefined, ...events: readonly OrderEvent[]): WorkOrder {
  let current = order
  for (const event of events) {
    const decided = decide(current, event, context)
    expect(decided).toMatchObject({ ok: true })
    current = apply(current, event, reader)
  }
  return current!
}

const submitted = after(undefined, acts.submit(moment, id))
const claimed = after(submitted, acts.claim(moment, submitted, one, later(600)))
const allowed = after(claimed, acts.decide(moment, claimed, one, [1, 2]))
const intended = after(allowed, acts.intend(moment, allowed, 1))
const run = intended.runs[0]!.run
const killedNow = { result: 'killed', reason: 'asked', confirmed: true, survivors: 0 } as const
const stoppedRun = acts.end(moment, intended, run, killedNow)
const succeeded = after(intended, acts.end(moment, intended, run, { result: 'succeeded' }))
const failed = after(intended, acts.end(moment, intended, run, { result: 'failed', exit: 1, signal: null }))
const released = after(succeeded, acts.release(moment, succeeded, one, [run]))
const frozen = after(claimed, { v: 1, type: 'order-frozen', at, order: id, version: 1, person: one })
const withdrawn = after(claimed, { v: 1, type: 'order-withdrawn', at, order: id, version: 1, technician })
const asked = after(claimed, question(1))
const wished = after(succeeded, request(1))
const levels = ['high-impact', 'opaque', 'stop'] as const
const seriousSteps = submitted.steps.map((step, i) => ({ ...step, level: levels[i] ?? step.level }))
const serious = after(undefined, acts.submit(moment, id, { steps: seriousSteps }))
const seriousClaimed = after(serious, acts.claim(moment, serious, one, later(600)))
const doubted = after(seriousClaimed, comprehend())
const erased = after(claimed, {
  v: 1,
  type: 'erased',
  at,
  order: id,
  by: officer,
  authority: sampleDigest('court'),
})

function question(number: number, change: object = {}): OrderEvent {
  const text = sampleDigest('question', number)
  return {
    v: 1,
    type: 'question-asked',
    at,
    order: id,
    version: 1,
    step: 1,
    question: number,
    escort: one,
    text,
    ...change,
  }
}

function request(number: number, change: object = {}): OrderEvent {
  const text = sampleDigest('wish', number)
  return {
    v: 1,
    type: 'output-requested',
    at,
    order: id,
    version: 1,
    step: 1,
    request: number,
    technician,
    text,
    ...change,
  }
}

function decline(number: number, by = one): OrderEvent {
  return { v: 1, type: 'output-declined', at, order: id, request: number, escort: by, word: 'too-broad' }
}

function comprehend(change: object = {}): OrderEvent {
  return {
    v: 1,
    type: 'comprehension-recorded',
    at,
    order: id,
    version: 1,
    step: 1,
    escort: one,
    question: 'what-changes',
    answer: 'unknown',
    matched: false,
    ...change,
  }
}

function answer(number: number, by = technician): OrderEvent {
  const text = sampleDigest('answer')
  return { v: 1, type: 'question-answered', at, order: id, question: number, technician: by, text }
}

const allow = (
  order: WorkOrder,
  change: Parameters<typeof acts.decide>[4] = (statement) => statement,
  steps = [1],
  by: PersonId = one,
) => acts.decide(moment, order, by, steps, change)
type Line = Parameters<NonNullable<Parameters<typeof acts.decide>[4]>>[0]['steps'][number]
const withLine = (change: Partial<Line>) =>
  allow(claimed, (statement) => ({
    ...statement,
    steps: statement.steps.map((line) => ({ ...line, ...change })),
  }))
const target = (change: Partial<RosterTarget>): Context => ({
  ...context,
  roster: { ...roster, targets: roster.targets.map((candidate) => ({ ...candidate, ...change })) },
})
const person = (who: PersonId, change: Partial<Roster['people'][number]>): Context => ({
  ...context,
  roster: {
    ...roster,
    people: roster.people.map((candidate) =>
      candidate.person === who ? { ...candidate, ...change } : candidate,
    ),
  },
})
const stopped: Context = {
  ...context,
  stops: [{ stop: sampleDigest('stop'), scope: 'target', value: 'web-1', expires: 'never' }],
}
const expired: Context = { ...context, roster: { ...roster, expires: at } }
const signed = (by: PersonId, statement: Statement): OrderEvent => ({
  v: 1,
  type: 'action-signed',
  at,
  order: id,
  statement: organisation.sign(by, statement),
})
const kill = (by: PersonId, of = run): OrderEvent => ({
  v: 1,
  type: 'kill-requested',
  at,
  order: id,
  run: of,
  person: by,
})
const withSignature = (change: (statement: SignedStatement) => SignedStatement): OrderEvent => {
  const event = allow(claimed)
  return { ...event, statement: change(event.statement) }
}
const otherKey = generateKey().key

/** The order as it was, what somebody tries, and under what. */
type Row = readonly [order: WorkOrder | undefined, event: OrderEvent, under?: Context]

const rows: Record<RefusalCode, readonly Row[]> = {
  'order-exists': [[submitted, acts.submit(moment, id)]],
  'order-unknown': [
    [undefined, acts.claim(moment, submitted, one, later(60))],
    [submitted, acts.claim(moment, { ...submitted, order: 'wo-another0' }, one, later(60))],
  ],
  'order-erased': [[erased, answer(1)]],
  'order-ended': [
    [withdrawn, acts.claim(moment, withdrawn, one, later(60))],
    [withdrawn, allow(withdrawn)],
    [withdrawn, acts.revise(moment, withdrawn)],
    [withdrawn, question(1)],
    [{ ...seriousClaimed, ended: 'withdrawn' }, comprehend()],
    [{ ...allowed, ended: 'forbidden' }, acts.intend(moment, allowed, 1)],
    [
      { ...claimed, ended: 'forbidden' },
      { v: 1, type: 'claim-returned', at, order: id, escort: one, to: two, note: null },
    ],
    [
      { ...claimed, ended: 'forbidden' },
      { v: 1, type: 'order-withdrawn', at, order: id, version: 1, technician },
    ],
  ],
  'order-frozen': [
    [frozen, allow(frozen)],
    [frozen, acts.revise(moment, frozen)],
    [{ ...allowed, frozenBy: one }, acts.intend(moment, allowed, 1)],
    [frozen, { v: 1, type: 'order-frozen', at, order: id, version: 1, person: two }],
  ],
  'order-full': [
    [{ ...submitted, version: 100 }, acts.revise(moment, { ...submitted, version: 100 })],
    [{ ...succeeded, requests: Array.from({ length: 500 }, () => wished.requests[0]!) }, request(501)],
    [{ ...claimed, questions: Array.from({ length: 500 }, () => asked.questions[0]!) }, question(501)],
    [
      { ...succeeded, releases: Array.from({ length: 500 }, () => released.releases[0]!) },
      acts.release(moment, succeeded, one, [run]),
    ],
    [
      { ...failed, runs: Array.from({ length: 100 }, () => failed.runs[0]!) },
      allow({ ...failed, runs: Array.from({ length: 100 }, () => failed.runs[0]!) }),
    ],
  ],
  'order-claimed': [[claimed, acts.claim(moment, claimed, two, later(60))]],
  'order-not-claimed': [
    [submitted, allow(submitted)],
    [claimed, allow(claimed, undefined, [1], two)],
    [claimed, allow(claimed), { ...context, at: later(600) }],
    [claimed, question(1, { escort: two })],
    [seriousClaimed, comprehend({ escort: two })],
    [serious, comprehend()],
    [submitted, { v: 1, type: 'claim-returned', at, order: id, escort: one, to: null, note: null }],
  ],
  'order-version-stale': [
    [undefined, acts.submit(moment, id, { version: 2 })],
    [submitted, acts.revise(moment, submitted, { version: 3 })],
    [submitted, { ...acts.claim(moment, submitted, one, later(60)), version: 2 }],
    [claimed, allow(claimed, (statement) => ({ ...statement, version: 2 }))],
    [claimed, question(1, { version: 2 })],
    [seriousClaimed, comprehend({ version: 2 })],
    [claimed, request(1, { version: 2 })],
    [allowed, acts.intend(moment, allowed, 1, { version: 2 })],
    [succeeded, acts.release(moment, succeeded, one, [run], (statement) => ({ ...statement, version: 2 }))],
    [submitted, { v: 1, type: 'order-withdrawn', at, order: id, version: 2, technician }],
  ],
  'window-invalid': [
    [undefined, acts.submit(moment, id, { notBefore: later(600), notAfter: later(600) })],
    [undefined, acts.submit(moment, id, { notAfter: later(8 * 86_400) })],
    [claimed, allow(claimed, (statement) => ({ ...statement, notBefore: later(60), notAfter: later(60) }))],
  ],
  'window-closed': [
    [undefined, acts.submit(moment, id, { notAfter: at })],
    [claimed, allow(claimed, (statement) => ({ ...statement, notAfter: at }))],
    [allowed, acts.intend(moment, allowed, 1), { ...context, at: later(3600) }],
  ],
  'window-not-open': [[allowed, acts.intend(moment, allowed, 1), { ...context, at: later(-61) }]],
  'window-outside-order': [
    [claimed, allow(claimed, (statement) => ({ ...statement, notBefore: later(-61) }))],
    [claimed, allow(claimed, (statement) => ({ ...statement, notAfter: later(3601) }))],
  ],
  'technician-unknown': [
    [undefined, acts.submit(moment, id, { technician: one })],
    [undefined, acts.submit(moment, id, { technician: 'p-nobodyatall' })],
    [undefined, acts.submit(moment, id), person(technician, { until: at })],
    [succeeded, request(1), person(technician, { until: at })],
    [allowed, acts.intend(moment, allowed, 1), person(technician, { until: at })],
    [succeeded, acts.release(moment, succeeded, one, [run]), person(technician, { roles: [] })],
    [released, acts.read(moment, released, run), person(technician, { until: at })],
  ],
  'not-the-technician': [
    [submitted, acts.revise(moment, submitted, { technician: both })],
    [submitted, { v: 1, type: 'order-withdrawn', at, order: id, version: 1, technician: both }],
    [asked, answer(1, both)],
    [succeeded, request(1, { technician: both })],
  ],
  'escort-unknown': [
    [submitted, acts.claim(moment, submitted, officer, later(60))],
    [wished, decline(1, officer)],
    [seriousClaimed, comprehend({ escort: officer })],
    [submitted, acts.claim(moment, submitted, one, later(60)), person(one, { until: at })],
    [claimed, { v: 1, type: 'claim-returned', at, order: id, escort: one, to: technician, note: null }],
    [allowed, acts.intend(moment, allowed, 1), person(one, { roles: ['officer'] })],
  ],
  'escort-regime': [
    [submitted, acts.claim(moment, submitted, outsider, later(60))],
    [wished, decline(1, outsider)],
    [seriousClaimed, comprehend({ escort: outsider })],
    [claimed, { v: 1, type: 'claim-returned', at, order: id, escort: one, to: outsider, note: null }],
    [allowed, acts.intend(moment, allowed, 1), person(one, { regimes: ['cjis'] })],
    [{ ...claimed, claim: { escort: outsider, until: later(60) } }, question(1, { escort: outsider })],
    // A run of an earlier version was on a target of another regime.
    [
      { ...succeeded, steps: submitted.steps.slice(0, 1) },
      acts.release(moment, succeeded, one, [run]),
      {
        ...context,
        roster: {
          ...roster,
          targets: [{ ...roster.targets[0]!, target: 'web-1', regime: 'cjis' }, roster.targets[1]!],
        },
      },
    ],
  ],
  'escort-is-author': [
    [
      after(undefined, acts.submit(moment, id, { technician: both })),
      acts.claim(moment, submitted, both, later(60)),
    ],
    [
      after(undefined, acts.submit(moment, id, { technician: both })),
      allow(after(undefined, acts.submit(moment, id, { technician: both })), undefined, [1], both),
    ],
  ],
  'target-unknown': [
    [
      undefined,
      acts.submit(moment, id, { steps: [{ ...submitted.steps[0]!, target: 'web-9' }, submitted.steps[1]!] }),
    ],
    [claimed, allow(claimed), { ...context, roster: { ...roster, targets: roster.targets.slice(1) } }],
    [allowed, acts.intend(moment, allowed, 1), { ...context, roster: { ...roster, targets: [] } }],
    [seriousClaimed, comprehend(), { ...context, roster: { ...roster, targets: [] } }],
  ],
  'account-not-permitted': [[undefined, acts.submit(moment, id), target({ accounts: ['root'] })]],
  'interpreter-not-permitted': [[undefined, acts.submit(moment, id), target({ interpreters: ['sql'] })]],
  'steps-invalid': [[undefined, acts.submit(moment, id, { rollbackSteps: 3 })]],
  'claim-too-long': [
    [submitted, acts.claim(moment, submitted, one, later(4 * 3600 + 1))],
    [submitted, acts.claim(moment, submitted, one, at)],
  ],
  'request-unknown': [
    [succeeded, request(2)],
    [wished, request(1)],
    [wished, decline(2)],
  ],
  'request-answered': [
    [after(wished, decline(1)), decline(1)],
    [after(wished, acts.release(moment, wished, one, [run])), decline(1)],
  ],
  'requests-open': [[after(succeeded, ...Array.from({ length: 8 }, (_, i) => request(i + 1))), request(9)]],
  'question-unknown': [
    [asked, answer(2)],
    [claimed, question(2)],
  ],
  'question-open': [
    [asked, allow(asked)],
    [after(claimed, question(1, { step: 0 })), allow(claimed, undefined, [2])],
  ],
  'question-answered': [[after(asked, answer(1)), answer(1)]],
  'comprehension-not-asked': [
    [claimed, comprehend()],
    [seriousClaimed, comprehend({ step: 2 })],
  ],
  'comprehension-answered': [
    [doubted, comprehend()],
    [doubted, comprehend({ answer: 1, matched: true })],
  ],
  'step-unknown': [
    [seriousClaimed, comprehend({ step: 4 })],
    [claimed, question(1, { step: 4 })],
    [claimed, request(1, { step: 4 })],
    [claimed, withLine({ step: { index: 4, of: 4 } })],
    [claimed, withLine({ step: { index: 1, of: 4 } })],
    [allowed, acts.intend(moment, allowed, 4)],
  ],
  'statement-not-for-this': [
    [claimed, allow(claimed, (statement) => ({ ...statement, order: 'wo-another0' }))],
    [claimed, allow(claimed, (statement) => ({ ...statement, orderDigest: sampleDigest('x') }))],
    [claimed, allow(claimed, (statement) => ({ ...statement, technician: both }))],
    [
      claimed,
      {
        ...allow(claimed),
        statement: organisation.sign(one, { kind: 'freeze', order: id, version: 1, escort: one, issued: at }),
      },
    ],
    [succeeded, { ...acts.release(moment, succeeded, one, [run]), statement: allow(claimed).statement }],
    [
      succeeded,
      acts.release(moment, succeeded, one, [run], (statement) => ({ ...statement, order: 'wo-another0' })),
    ],
    [allowed, acts.intend(moment, allowed, 1, { orderDigest: sampleDigest('x') })],
    [submitted, acts.revise(moment, submitted, { orderDigest: submitted.orderDigest })],
    [claimed, signed(one, { kind: 'freeze', order: 'wo-another0', version: 1, escort: one, issued: at })],
    [claimed, signed(one, { kind: 'freeze', order: id, version: 1, escort: one, issued: at })],
    [intended, signed(one, { kind: 'kill', order: id, run, person: one, issued: at })],
    [claimed, signed(technician, { kind: 'withdraw', order: id, version: 1, technician, issued: at })],
    [withdrawn, signed(both, { kind: 'withdraw', order: id, version: 1, technician: both, issued: at })],
    [
      claimed,
      signed(technician, {
        kind: 'submit',
        order: id,
        version: 1,
        orderDigest: sampleDigest('x'),
        technician,
        issued: at,
      }),
    ],
    [
      claimed,
      signed(technician, {
        kind: 'submit',
        order: id,
        version: 2,
        orderDigest: claimed.orderDigest,
        technician,
        issued: at,
      }),
    ],
    [
      claimed,
      signed(both, {
        kind: 'submit',
        order: id,
        version: 1,
        orderDigest: claimed.orderDigest,
        technician: both,
        issued: at,
      }),
    ],
    [claimed, signed(officer, { kind: 'lift', stop: sampleDigest('x'), officer, issued: at })],
  ],
  'step-not-as-submitted': [
    [claimed, withLine({ digest: sampleDigest('x') })],
    [claimed, withLine({ target: 'db-1' })],
    [claimed, withLine({ account: 'root' })],
    [claimed, withLine({ interpreter: 'sql' })],
    [claimed, withLine({ analysis: sampleDigest('x') })],
    [allowed, acts.intend(moment, allowed, 1, { stepDigest: sampleDigest('x') })],
    [allowed, acts.intend(moment, allowed, 1, { target: 'db-1' })],
  ],
  'host-key-not-in-roster': [[claimed, withLine({ hostKey: `SHA256:${'A'.repeat(43)}` })]],
  'key-class-not-permitted': [
    [claimed, allow(claimed), target({ keyClasses: ['passkey'] })],
    [
      { ...claimed, claim: { escort: outsider, until: later(60) } },
      allow(claimed, undefined, [1], outsider),
      target({ regime: 'cjis' }),
    ],
    [succeeded, acts.release(moment, succeeded, one, [run]), target({ keyClasses: ['piv'] })],
  ],
  'attempt-not-next': [
    [claimed, withLine({ attempt: 2 })],
    [allowed, acts.intend(moment, allowed, 1, { attempt: 2 })],
  ],
  'already-decided': [
    [allowed, allow(allowed)],
    [
      claimed,
      allow(claimed, (statement) => ({ ...statement, steps: [...statement.steps, ...statement.steps] })),
    ],
    // The quorum is whole: an intent could not name any number of people.
    [{ ...allowed, claim: { escort: two, until: later(60) } }, allow(claimed, undefined, [1], two)],
    // An answer could call nobody any more.
    [{ ...seriousClaimed, allowances: allowed.allowances }, comprehend()],
    [{ ...seriousClaimed, allowances: allowed.allowances }, comprehend({ escort: two })],
  ],
  'roster-expired': [
    [undefined, acts.submit(moment, id), expired],
    [submitted, acts.claim(moment, submitted, one, later(60)), expired],
    [wished, decline(1), expired],
    [seriousClaimed, comprehend(), expired],
    [claimed, { v: 1, type: 'claim-returned', at, order: id, escort: one, to: two, note: null }, expired],
    [claimed, question(1), expired],
    [claimed, allow(claimed), expired],
    [allowed, acts.intend(moment, allowed, 1), expired],
    [succeeded, acts.release(moment, succeeded, one, [run]), expired],
    [released, acts.read(moment, released, run), expired],
  ],
  'roster-stale': [
    [claimed, allow(claimed, (statement) => ({ ...statement, roster: 2 }))],
    [succeeded, acts.release(moment, succeeded, one, [run], (statement) => ({ ...statement, roster: 2 }))],
    [allowed, acts.intend(moment, allowed, 1), { ...context, roster: { ...roster, version: 2 } }],
  ],
  'policy-stale': [
    [claimed, allow(claimed, (statement) => ({ ...statement, policy: sampleDigest('x') }))],
    [
      succeeded,
      acts.release(moment, succeeded, one, [run], (statement) => ({
        ...statement,
        policy: sampleDigest('x'),
      })),
    ],
  ],
  'quorum-wrong': [
    [claimed, allow(claimed), target({ quorum: 2 })],
    [claimed, withLine({ seat: { index: 1, of: 6 } })],
    [doubted, allow(doubted)],
  ],
  'quorum-missing': [
    [claimed, acts.intend(moment, claimed, 1)],
    [allowed, acts.intend(moment, allowed, 1), target({ quorum: 2 })],
    [allowed, acts.intend(moment, allowed, 1, { decisions: [sampleDigest('x')] })],
    [after(claimed, withLine({ seat: { index: 1, of: 2 } })), acts.intend(moment, allowed, 1)],
    [{ ...doubted, allowances: allowed.allowances }, acts.intend(moment, allowed, 1)],
  ],
  'predecessor-missing': [
    [allowed, acts.intend(moment, allowed, 2)],
    [allowed, acts.intend(moment, allowed, 1, { after: { run, entry: 1 } })],
    [succeeded, acts.intend(moment, succeeded, 2, { after: { run: '0'.repeat(32), entry: 1 } })],
    [failed, acts.intend(moment, failed, 2)],
  ],
  'run-in-progress': [
    [intended, acts.intend(moment, intended, 2)],
    [intended, acts.revise(moment, intended)],
    [intended, { v: 1, type: 'order-withdrawn', at, order: id, version: 1, technician }],
    [intended, { v: 1, type: 'erased', at, order: id, by: officer, authority: sampleDigest('court') }],
  ],
  'run-unknown': [
    [allowed, acts.start(moment, allowed, run)],
    [allowed, acts.end(moment, allowed, run, { result: 'succeeded' })],
    [allowed, kill(one)],
    [allowed, acts.release(moment, allowed, one, [run])],
  ],
  'run-ended': [
    [succeeded, acts.start(moment, succeeded, run)],
    [after(intended, acts.start(moment, intended, run)), acts.start(moment, intended, run)],
    [succeeded, acts.end(moment, succeeded, run, { result: 'succeeded' })],
    [succeeded, kill(one)],
    [after(intended, kill(one), stoppedRun), kill(officer)],
    [after(intended, acts.end(moment, intended, run, { ...killedNow, reason: 'deadline' })), kill(one)],
    // A run of another version that bears the same name.
    [{ ...allowed, runs: [{ ...failed.runs[0]!, version: 9 }] }, acts.intend(moment, allowed, 1)],
  ],
  'run-not-ended': [[intended, acts.release(moment, intended, one, [run])]],
  'run-id-wrong': [[allowed, acts.intend(moment, allowed, 1, { run: '0'.repeat(32) })]],
  'rollback-apart': [[failed, allow(failed, undefined, [1, 3])]],
  'rollback-early': [[claimed, allow(claimed, undefined, [3])]],
  'rollback-begun': [
    [after(failed, allow(failed, undefined, [3])), allow(failed)],
    [
      after(failed, allow(failed), allow(failed, undefined, [3])),
      acts.intend(moment, after(failed, allow(failed)), 1),
    ],
  ],
  'step-done': [
    [succeeded, allow(succeeded)],
    [succeeded, acts.intend(moment, succeeded, 1)],
    [{ ...seriousClaimed, runs: succeeded.runs }, comprehend()],
  ],
  'not-permitted': [
    [intended, kill(technician)],
    [intended, kill(one), person(one, { until: at })],
    [claimed, { v: 1, type: 'order-frozen', at, order: id, version: 1, person: technician }],
    [claimed, { v: 1, type: 'erased', at, order: id, by: one, authority: sampleDigest('court') }],
    [
      after(intended, kill(one)),
      signed(technician, { kind: 'kill', order: id, run, person: technician, issued: at }),
    ],
  ],
  stopped: [
    [undefined, acts.submit(moment, id), stopped],
    [submitted, acts.claim(moment, submitted, one, later(60)), stopped],
    [wished, decline(1), stopped],
    [seriousClaimed, comprehend(), stopped],
    [claimed, question(1), stopped],
    [claimed, allow(claimed), stopped],
    [allowed, acts.intend(moment, allowed, 1), stopped],
    [succeeded, acts.release(moment, succeeded, one, [run]), stopped],
    [released, acts.read(moment, released, run), stopped],
    [
      allowed,
      acts.intend(moment, allowed, 1),
      { ...context, stops: [{ ...stopped.stops[0]!, scope: 'pair', value: `${one}+${technician}` }] },
    ],
    [
      allowed,
      acts.intend(moment, allowed, 1),
      { ...context, stops: [{ ...stopped.stops[0]!, scope: 'location', value: 'abroad' }] },
    ],
    // The order moved elsewhere; its released run did not.
    [
      { ...succeeded, steps: submitted.steps.slice(1, 2) },
      acts.release(moment, succeeded, one, [run]),
      stopped,
    ],
  ],
  'recipient-wrong': [
    [
      succeeded,
      acts.release(moment, succeeded, one, [run], (statement) => ({ ...statement, recipient: both })),
    ],
    [released, acts.read(moment, released, run, { recipient: both })],
  ],
  'not-released': [
    [succeeded, acts.read(moment, succeeded, run)],
    [released, acts.read(moment, released, run, { content: sampleDigest('x') })],
    [released, acts.read(moment, released, run, { length: 513 })],
    [released, acts.read(moment, released, run, { recipientFacts: sampleDigest('x') })],
    [released, acts.read(moment, released, run, { run: null })],
    [released, acts.read(moment, released, run, { basis: 'rule-escort-question', run: null })],
    [released, acts.read(moment, released, run, { basis: 'rule-handover-note', run: null })],
  ],
  'statement-malformed': [
    [claimed, withSignature((statement) => ({ ...statement, text: `${statement.text}\n` }))],
    [
      claimed,
      withSignature((statement) => ({
        ...statement,
        text: statement.text.replace('p-escortone', 'p-escortoné'),
      })),
    ],
  ],
  'signature-malformed': [[claimed, withSignature((statement) => ({ ...statement, signature: 'x' }))]],
  'signature-namespace': [
    [
      claimed,
      withSignature((statement) => ({ ...statement, text: statement.text.replace('allow', 'forbid') })),
    ],
  ],
  'signature-bad': [
    [
      claimed,
      withSignature((statement) => ({
        ...statement,
        text: statement.text.replace('attempt 1', 'attempt 2'),
      })),
    ],
  ],
  'key-not-in-roster': [
    [
      claimed,
      withSignature(({ text }) => ({
        text,
        signature: signSshsig(otherKey, 'allow@chaperone', new TextEncoder().encode(text)),
      })),
    ],
    [claimed, allow(claimed), { ...context, roster: { ...roster, revoked: [keysOf(one)[0]!.key] } }],
    [claimed, allow(claimed), person(one, { keys: keysOf(one).map((key) => ({ ...key, until: at })) })],
    [claimed, allow(claimed), person(one, { keys: keysOf(one).map((key) => ({ ...key, from: later(1) })) })],
  ],
  'key-not-theirs': [
    [
      claimed,
      {
        ...allow(claimed),
        statement: organisation.signText(two, 'allow@chaperone', allow(claimed).statement.text),
      },
    ],
  ],
  'role-missing': [
    [claimed, allow(claimed, undefined, [1], officer)],
    [withdrawn, signed(one, { kind: 'withdraw', order: id, version: 1, technician: one, issued: at })],
    [claimed, signed(one, { kind: 'lift', stop: sampleDigest('x'), officer: one, issued: at })],
  ],
  'key-class-unproven': [
    [
      claimed,
      allow(claimed),
      person(one, { keys: keysOf(one).map((key) => ({ ...key, class: 'passkey' })) }),
    ],
    [claimed, allow(claimed), person(one, { keys: keysOf(one).map((key) => ({ ...key, class: 'fido2' })) })],
    [
      claimed,
      allow(claimed),
      person(one, { keys: keysOf(one).map((key) => ({ ...key, blob: toBase64(flipped(key.blob)) })) }),
    ],
  ],
  'software-key-refused': [
    [
      claimed,
      signed(officer, { kind: 'lift', stop: sampleDigest('x'), officer, issued: at }),
      target({ regime: 'cjis' }),
    ],
  ],
}

function keysOf(who: PersonId) {
  return roster.people.find((candidate) => candidate.person === who)?.keys ?? []
}

function flipped(blob: string): Uint8Array {
  return Uint8Array.from(fromBase64(blob) ?? [], (byte, i) => (i === 20 ? byte ^ 1 : byte))
}

describe.for(Object.entries(rows))('%s', ([code, cases]) => {
  test.for(cases.map((row, i) => [i + 1, row] as const))('row %i', ([, [order, event, under]]) => {
    expect(decide(order, event, under ?? context)).toMatchObject({ ok: false, error: { code } })
  })
})

describe('what is let through', () => {
  test.for<[string, Row]>([
    [
      'a forbid under a stop',
      [claimed, allow(claimed, (statement) => ({ ...statement, kind: 'forbid' })), stopped],
    ],
    [
      'a forbid under an expired roster',
      [claimed, allow(claimed, (statement) => ({ ...statement, kind: 'forbid' })), expired],
    ],
    [
      'a forbid without a claim',
      [submitted, allow(submitted, (statement) => ({ ...statement, kind: 'forbid' }), [1], two)],
    ],
    [
      'the end of a run under a stop',
      [intended, acts.end(moment, intended, run, { result: 'succeeded' }), stopped],
    ],
    ['a kill by an officer under an expired roster', [intended, kill(officer), expired]],
    ['rollback of a frozen order', [{ ...failed, frozenBy: one }, allow(failed, undefined, [3])]],
    [
      'a new version of a forbidden order',
      [{ ...claimed, ended: 'forbidden' }, acts.revise(moment, claimed)],
    ],
    [
      'a question as its technician reads it',
      [
        asked,
        acts.read(moment, asked, run, {
          basis: 'rule-escort-question',
          run: null,
          content: sampleDigest('question', 1),
        }),
      ],
    ],
    ['a request for output of a step that did not run', [submitted, request(1, { step: 3 })]],
    ['a request for output of an order that ended', [withdrawn, request(1)]],
    ['a request after others were answered', [after(wished, decline(1)), request(2)]],
    ['a request for output declined by whoever could release', [wished, decline(1, two)]],
    ['an answer about a dangerous step', [seriousClaimed, comprehend({ step: 3 })]],
    ['an answer to the other question', [doubted, comprehend({ question: 'what-is-interrupted' })]],
    ['an answer by whoever fills the second seat', [doubted, comprehend({ escort: two })]],
    ['an answer by one of two who are needed', [serious, comprehend({ escort: two }), target({ quorum: 2 })]],
    [
      'a step that was understood, by one person',
      [after(seriousClaimed, comprehend({ answer: 2, matched: true })), allow(seriousClaimed)],
    ],
    [
      'a hand-over',
      [claimed, { v: 1, type: 'claim-returned', at, order: id, escort: one, to: two, note: null }],
    ],
    [
      'the signature after a kill',
      [
        after(intended, kill(officer), kill(one)),
        signed(officer, { kind: 'kill', order: id, run, person: officer, issued: at }),
      ],
    ],
    ['who asked for a kill that was quicker than its record', [after(intended, stoppedRun), kill(officer)]],
    [
      'the signature after a freeze',
      [frozen, signed(one, { kind: 'freeze', order: id, version: 1, escort: one, issued: at })],
    ],
    [
      'the signature after a withdrawal',
      [withdrawn, signed(technician, { kind: 'withdraw', order: id, version: 1, technician, issued: at })],
    ],
    [
      'the signature after a submission',
      [
        claimed,
        signed(technician, {
          kind: 'submit',
          order: id,
          version: 1,
          orderDigest: claimed.orderDigest,
          technician,
          issued: at,
        }),
      ],
    ],
    ['a second attempt', [failed, allow(failed)]],
    [
      'an erasure',
      [released, { v: 1, type: 'erased', at, order: id, by: officer, authority: sampleDigest('court') }],
    ],
  ])('%s', ([, [order, event, under]]) => {
    expect(decide(order, event, under ?? context)).toMatchObject({ ok: true })
  })

  test('an allowance made again under a new roster takes the place of the stale one', () => {
    const newer = { ...roster, version: 2 }
    const again = acts.decide({ at, roster: newer }, allowed, one, [1])
    expect(decide(allowed, again, { ...context, roster: newer })).toMatchObject({ ok: true })
    const order = apply(allowed, again, reader)
    expect(order.allowances).toHaveLength(1)
    expect(decide(order, acts.intend(moment, order, 1), { ...context, roster: newer })).toMatchObject({
      ok: true,
    })
  })

  test('a release answers the requests for output of its run’s step, and no others', () => {
    const order = after(succeeded, request(1), request(2, { step: 2 }), request(3))
    const declined = after(order, decline(3))
    const answered = after(declined, acts.release(moment, declined, one, [run]))
    expect(answered.requests.map(({ answer }) => answer)).toEqual(['released', null, 'too-broad'])
    const revised = after({ ...failed, requests: order.requests }, acts.revise(moment, failed))
    const later = after(revised, request(4, { version: 2 }))
    const former = after(later, acts.release(moment, later, one, [run]))
    expect(former.requests.map(({ answer }) => answer)).toEqual(['released', null, 'released', null])
  })

  test('who misunderstood a step calls a second escort, and no more of them than there are', () => {
    const seat = (index: number, of: number) => (statement: DecisionStatement) => ({
      ...statement,
      steps: statement.steps.map((line) => ({ ...line, seat: { index, of } })),
    })
    const first = after(doubted, allow(doubted, seat(1, 2)))
    expect(decide(first, acts.intend(moment, first, 1), context)).toMatchObject({
      error: { code: 'quorum-missing', have: 1, needed: 2 },
    })
    const both = after(first, allow(first, seat(2, 2), [1], two))
    expect(decide(both, acts.intend(moment, both, 1), context)).toMatchObject({ ok: true })
    // Only step 1 was misunderstood, and only in this version.
    expect([1, 2, 3].map((step) => leastSeats(doubted, step, { quorum: 1 }, context))).toEqual([2, 1, 1])
    const revised = after(doubted, acts.revise(moment, doubted, { steps: seriousSteps }))
    expect(leastSeats(revised, 1, { quorum: 1 }, context)).toBe(1)
    const fit = (quorum: number) => leastSeats(doubted, 1, { quorum }, context)
    expect([1, 2, 3, 4].map(fit)).toEqual([2, 3, 3, 4])
  })

  test('two signatures of one person take one seat', () => {
    const [first] = after(claimed, withLine({ seat: { index: 1, of: 2 } })).allowances
    const order = { ...claimed, allowances: [first!, { ...first!, statement: sampleDigest('again') }] }
    expect(allowancesFor(order, 1, 1)).toHaveLength(1)
    expect(decide(order, acts.intend(moment, order, 1), context)).toMatchObject({
      error: { code: 'quorum-missing', have: 1, needed: 2 },
    })
  })

  test('a stop of two escorts as a pair hits what they allowed together', () => {
    const seat = (index: number) => (statement: DecisionStatement) => ({
      ...statement,
      steps: statement.steps.map((line) => ({ ...line, seat: { index, of: 2 } })),
    })
    const order = after(claimed, allow(claimed, seat(1)), allow(claimed, seat(2), [1], two))
    const pair = {
      stop: sampleDigest('stop'),
      scope: 'pair',
      value: `${one}+${two}`,
      expires: 'never',
    } as const
    expect(decide(order, acts.intend(moment, order, 1), context)).toMatchObject({ ok: true })
    expect(decide(order, acts.intend(moment, order, 1), { ...context, stops: [pair] })).toMatchObject({
      error: { code: 'stopped' },
    })
  })

  test('a claim survives a new version on the same targets only', () => {
    expect(after(claimed, acts.revise(moment, claimed)).claim).toEqual(claimed.claim)
    const narrow = { ...claimed, steps: claimed.steps.slice(0, 1) }
    expect(after(narrow, acts.revise(moment, claimed)).claim).toBeNull()
  })
})
