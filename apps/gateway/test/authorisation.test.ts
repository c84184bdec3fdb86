import { afterAll, beforeAll, expect, test } from 'vitest'
import { utf8 } from '@chaperone/encoding'
import { routes, type Route, type RouteName } from '@chaperone/contract'
import { signAs, type Asked, type Client } from './client.ts'
import { eventually, gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { ended, step, submission, submitted } from './orders.ts'
import { people, type Name } from './organisation.ts'

type Who = 'nobody' | 'desk' | Exclude<Name, 'olga'>
const everybody: readonly Who[] = ['nobody', 'desk', 'tess', 'tom', 'esra', 'emil', 'eve', 'otto', 'anna']
const states = ['waiting', 'claimed', 'asked', 'wished', 'running', 'done', 'frozen', 'withdrawn'] as const
type State = (typeof states)[number]

/** One order of tess's in a state; esra is its escort. */
interface Fixture {
  readonly order: string
  readonly run: string
  readonly release: string
}

/** What somebody admitted gets, by state: `ok` or the code of a refusal. */
type Expected = string | Partial<Record<State | 'else', string>>

interface Asking {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

interface Row {
  readonly ask: (fixture: Fixture) => Asking
  /** Whoever is not named is not admitted at all. */
  readonly who: Partial<Record<Who, Expected>>
  /** A success leaves the order in another state. */
  readonly changes?: boolean
}

const none = '0'.repeat(64)
const token = 'A'.repeat(43)
const at = ({ order }: Fixture) => ({ params: { order } })
const bare = () => ({})
const versioned = (fixture: Fixture) => ({ ...at(fixture), body: { version: 1 } })
const all = (expected: Expected, who: readonly Who[] = everybody) =>
  Object.fromEntries(who.map((one) => [one, expected]))
const escorts = ['esra', 'emil', 'eve'] as const
const outsiders = { eve: 'order-unknown' }
const badStatement = { text: 'chaperone stop v1\n', signature: '' }

/** Written down apart from the code: who may ask for what, and what they get. */
const rows: Record<RouteName, Row> = {
  signInOptions: { ask: bare, who: all('ok') },
  signIn: { ask: () => ({ body: { challenge: token, response: {} } }), who: all('sign-in-failed') },
  keyChallenge: { ask: bare, who: all('ok') },
  keySignIn: { ask: () => ({ body: { challenge: token, signature: '' } }), who: all('sign-in-failed') },
  signOut: { ask: bare, who: {} }, // has a test of its own: it ends the sessions that the others need
  me: { ask: bare, who: all('ok', ['tess', 'tom', ...escorts, 'otto', 'anna']) },
  enrolment: { ask: () => ({ body: { token } }), who: all('enrolment-invalid') },
  enrolmentOptions: { ask: () => ({ body: { token } }), who: all('enrolment-invalid') },
  enrolmentKey: { ask: () => ({ body: { token, response: {} } }), who: all('enrolment-invalid') },

  analyse: {
    ask: () => ({
      body: { steps: [{ target: 'web-1', account: 'ops', interpreter: 'bash', bytes: 'dXB0aW1l' }] },
    }),
    who: all('ok', ['tess', 'tom']),
  },
  submitOrder: {
    ask: () => ({ body: submission([step(it, 'true\n')]) }),
    who: { tess: 'ok', tom: 'ok' },
  },
  myOrders: { ask: bare, who: { tess: 'ok', tom: 'ok' } },
  myOrder: { ask: at, who: { tess: 'ok', tom: 'order-unknown' } },
  reviseOrder: {
    ask: (fixture) => ({ ...at(fixture), body: submission([step(it, 'true\n')]) }),
    who: {
      tess: { running: 'run-in-progress', frozen: 'order-frozen', withdrawn: 'order-ended', else: 'ok' },
      tom: 'order-unknown',
    },
    changes: true,
  },
  withdrawOrder: {
    ask: versioned,
    who: { tess: { running: 'run-in-progress', withdrawn: 'order-ended', else: 'ok' }, tom: 'order-unknown' },
    changes: true,
  },
  answerQuestion: {
    ask: ({ order }) => ({ params: { order, question: 1 }, body: { text: 'because' } }),
    who: { tess: { asked: 'ok', else: 'question-unknown' }, tom: 'order-unknown' },
    changes: true,
  },
  requestOutput: {
    ask: ({ order }) => ({
      params: { order },
      body: { version: 1, step: 1, wish: { about: 'words', text: 'the errors' } },
    }),
    who: { tess: 'ok', tom: 'order-unknown' },
    changes: true,
  },
  readRelease: {
    ask: ({ order, release, run }) => ({ params: { order, release }, body: { run } }),
    who: { tess: { done: 'ok', else: 'not-released' }, tom: 'not-released' },
  },

  inbox: { ask: bare, who: all('ok', escorts) },
  review: { ask: at, who: { ...all('ok', ['esra', 'emil', 'otto', 'anna']), ...outsiders } },
  claimOrder: {
    ask: versioned,
    who: {
      esra: { withdrawn: 'order-ended', else: 'ok' },
      emil: { waiting: 'ok', withdrawn: 'order-ended', else: 'order-claimed' },
      ...outsiders,
    },
    changes: true,
  },
  returnOrder: {
    ask: (fixture) => ({ ...at(fixture), body: { to: null, note: 'lunch' } }),
    who: {
      esra: { waiting: 'order-not-claimed', withdrawn: 'order-not-claimed', else: 'ok' },
      emil: 'order-not-claimed',
      ...outsiders,
    },
    changes: true,
  },
  askQuestion: {
    ask: (fixture) => ({ ...at(fixture), body: { version: 1, step: 0, text: 'why?' } }),
    who: {
      esra: { waiting: 'order-not-claimed', withdrawn: 'order-ended', else: 'ok' },
      emil: { withdrawn: 'order-ended', else: 'order-not-claimed' },
      ...outsiders,
    },
    changes: true,
  },
  recordComprehension: {
    ask: ({ order }) => ({
      params: { order },
      body: { version: 1, step: 1, question: 'what-changes', answer: 'unknown' },
    }),
    // Its steps are routine; comprehension.test.ts has orders about which something is asked.
    who: { ...all('comprehension-not-asked', ['esra', 'emil']), ...outsiders },
  },
  declineOutput: {
    ask: ({ order }) => ({ params: { order, request: 1 }, body: { word: 'unclear' } }),
    who: {
      ...all({ wished: 'ok', else: 'request-unknown' }, ['esra', 'emil']),
      ...outsiders,
    },
    changes: true,
  },
  prepareSigning: {
    ask: (fixture) => ({ ...at(fixture), body: { kind: 'allow', version: 1, steps: [1] } }),
    who: {
      esra: {
        waiting: 'order-not-claimed',
        running: 'run-in-progress',
        done: 'step-done',
        frozen: 'order-frozen',
        withdrawn: 'order-ended',
        else: 'ok',
      },
      emil: {
        running: 'run-in-progress',
        done: 'step-done',
        frozen: 'order-frozen',
        withdrawn: 'order-ended',
        else: 'order-not-claimed',
      },
      otto: 'escort-unknown',
      ...outsiders,
    },
  },
  signingDraft: {
    ask: () => ({ body: { ticket: token } }),
    who: all('ticket-invalid', [...escorts, 'otto']),
  },
  completeSigning: {
    ask: () => ({ body: { ticket: token, statement: badStatement } }),
    who: all('ticket-invalid', [...escorts, 'otto']),
  },
  forbid: {
    ask: versioned,
    who: {
      ...all({ frozen: 'order-frozen', withdrawn: 'order-ended', else: 'ok' }, ['esra', 'emil']),
      ...outsiders,
    },
    changes: true,
  },
  kill: {
    ask: ({ order, run }) => ({ params: { order, run } }),
    who: {
      ...all({ running: 'ok', done: 'run-ended', else: 'run-unknown' }, ['esra', 'emil', 'otto']),
      ...outsiders,
    },
    changes: true,
  },
  freeze: {
    ask: versioned,
    who: { ...all({ frozen: 'order-frozen', else: 'ok' }, ['esra', 'emil', 'otto']), ...outsiders },
    changes: true,
  },
  output: {
    ask: ({ order, run }) => ({ params: { order, run } }),
    who: {
      ...all({ running: 'ok', done: 'ok', else: 'output-unavailable' }, ['esra', 'emil', 'otto']),
      ...outsiders,
    },
  },

  auditLog: { ask: bare, who: all('ok', ['otto', 'anna']) },
  logStatus: { ask: bare, who: all('ok', [...escorts, 'otto', 'anna']) },
  people: { ask: bare, who: all('ok', [...escorts, 'otto', 'anna']) },
  attention: { ask: bare, who: { otto: 'ok' } },
  issueEnrolment: { ask: () => ({ params: { person: people.tess } }), who: { otto: 'ok' } },
  roster: { ask: () => ({ params: { version: 0 } }), who: all('ok', [...escorts, 'otto', 'anna']) },
  adoptRoster: {
    ask: () => ({ body: { bytes: 'AA==', adoptions: [badStatement, badStatement] } }),
    who: { otto: 'roster-malformed' },
  },
  orderStop: { ask: () => ({ body: badStatement }), who: { otto: 'statement-malformed' } },
  liftStop: {
    ask: () => ({ body: { stop: none, statements: [badStatement, badStatement] } }),
    who: { otto: 'stop-unknown' },
  },

  deskDraft: { ask: () => ({ body: { ticket: token } }), who: { desk: 'ticket-invalid' } },
  deskComplete: {
    ask: () => ({ body: { ticket: token, statement: badStatement } }),
    who: { desk: 'ticket-invalid' },
  },
  deskRosters: { ask: () => ({ query: { from: '1' } }), who: { desk: 'ok' } },
  deskEnrolment: { ask: () => ({ body: { token } }), who: { desk: 'enrolment-invalid' } },
  deskKey: {
    ask: () => ({ body: { token, blob: 'AA==', origin: 'http://sign.localhost' } }),
    who: { desk: 'enrolment-invalid' },
  },
}

let it: UnderTest
let clients: Record<Who, Client>
let shared: Record<State, Fixture>

beforeAll(async () => {
  it = await gatewayUnderTest({ play })
  const names = everybody.filter((who) => who !== 'nobody' && who !== 'desk')
  const signedIn = await Promise.all(names.map(async (name) => [name, await it.as(name)] as const))
  clients = { ...Object.fromEntries(signedIn), nobody: it.nobody, desk: it.desk } as Record<Who, Client>
  shared = Object.fromEntries(
    await Promise.all(states.map(async (state) => [state, await fixture(state)] as const)),
  ) as Record<State, Fixture>
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

async function* play(bytes: Uint8Array, _: readonly Uint8Array[], kill: AbortSignal) {
  yield ['stdout', utf8('out\n')] as const
  const goesOn = new TextDecoder().decode(bytes).startsWith('sleep')
  if (goesOn) await new Promise((resolve) => kill.addEventListener('abort', resolve))
  return { exit: 0 }
}

async function fixture(state: State): Promise<Fixture> {
  const { tess, esra } = clients
  const { order } = await submitted(tess, [step(it, state === 'running' ? 'sleep\n' : 'true\n')])
  const made = { order, run: '0'.repeat(32), release: none }
  const version = { params: { order }, body: { version: 1 } }
  if (state === 'waiting') return made
  if (state === 'withdrawn') {
    await tess.call('withdrawOrder', version)
    return made
  }
  await esra.call('claimOrder', version)
  if (state === 'asked')
    await esra.call('askQuestion', { params: { order }, body: { version: 1, step: 0, text: 'why?' } })
  if (state === 'wished')
    await tess.call('requestOutput', {
      params: { order },
      body: { version: 1, step: 1, wish: { about: 'words', text: 'the errors' } },
    })
  if (state === 'frozen') await esra.call('freeze', version)
  return state === 'running' || state === 'done' ? run(made, state) : made
}

async function run(made: Fixture, state: State): Promise<Fixture> {
  const { esra, tess } = clients
  const { order } = made
  await signAs(esra, it.organisation, 'esra', order, { kind: 'allow', version: 1, steps: [1] })
  const review =
    state === 'done'
      ? await ended(esra, order, 1)
      : await eventually(
          () => esra.call('review', at(made)),
          (seen) => seen.runs[0]?.state === 'started',
        )
  const id = review.runs[0]?.run ?? ''
  if (state !== 'done') return { ...made, run: id }
  const releases = [{ run: id, text: 'out\n', redactions: [] }]
  await signAs(esra, it.organisation, 'esra', order, { kind: 'release', version: 1, releases })
  const [release] = (await tess.call('myOrder', at(made))).releases
  return { order, run: id, release: release?.release ?? '' }
}

function expectedOf(row: Row, who: Who, state: State): string | undefined {
  const expected = row.who[who]
  return typeof expected === 'string' ? expected : (expected?.[state] ?? expected?.else)
}

function codeOf({ status, body }: { readonly status: number; readonly body: unknown }): string {
  return status < 300 ? 'ok' : ((body as { code?: string }).code ?? String(status))
}

const orderRoutes = (Object.keys(routes) as RouteName[]).filter((name) =>
  (routes[name] as Route).path.includes(':order'),
)

test.concurrent.for(Object.keys(routes) as RouteName[])('%s: everybody, in every state', async (name) => {
  const row = rows[name]
  if (name === 'signOut') return
  for (const state of orderRoutes.includes(name) ? states : (['waiting'] as const)) {
    // Those who are refused come first, on one order; each of the others gets a fresh one where it changes.
    const wanted = everybody.map((who) => [who, expectedOf(row, who, state)] as const)
    wanted.sort(([, a], [, b]) => Number(a === 'ok') - Number(b === 'ok'))
    for (const [who, expected] of wanted) {
      const fresh = row.changes === true && expected === 'ok'
      const asked = row.ask(fresh ? await fixture(state) : shared[state])
      const answer = codeOf(await clients[who].ask(name, asked as Asked<RouteName>)) // the server judges the body
      const admitted =
        expected ?? (isPerson(who) && routes[name].access !== 'desk' ? 'not-allowed-here' : 'not-signed-in')
      expect([who, state, answer]).toEqual([who, state, admitted])
    }
  }
})

function isPerson(who: Who): boolean {
  return who !== 'nobody' && who !== 'desk'
}

test.concurrent.for(everybody.filter(isPerson) as Name[])(
  'signOut ends the session of %s and no other',
  async (name) => {
    const again = await it.as(name)
    expect(codeOf(await again.ask('signOut'))).toBe('ok')
    expect(codeOf(await again.ask('me'))).toBe('not-signed-in')
    expect(codeOf(await clients[name as Who].ask('me'))).toBe('ok')
  },
)
