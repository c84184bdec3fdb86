import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  sampleActs,
  sampleDigest,
  sampleInstant,
  sampleOrganisation,
  sampleStatementDigest,
} from '@chaperone/testkit'
import {
  apply,
  decide,
  decodeEvent,
  encodeEvent,
  phaseOf,
  runnableStep,
  statementReader,
  type Context,
  type OrderEvent,
  type OrderStep,
  type Roster,
  type Stop,
  type WorkOrder,
} from './index.ts'

/**
 * Random people do random things to one order at random times. The model keeps no state of its own: it looks through
 * the events that were let through and counts again, by people and by texts, what each new one would need.
 */

const organisation = sampleOrganisation({ more: 2 })
const people = [
  'p-technician',
  'p-escortone',
  'p-escorttwo',
  'p-officerone',
  'p-auditorone',
  'p-extra00000', // technician and escort
  'p-extra00001', // escort of another regime
]
const id = 'wo-sample0abc'
const reader = statementReader(nodeCrypto)
const steps = 4
const rollback = 1
const end = 20_000

function rosterOf(version: number, without: string | null, quorum: number): Roster {
  return {
    ...organisation.roster,
    version,
    targets: organisation.roster.targets.map((target) => ({ ...target, quorum })),
    people: organisation.roster.people
      .filter(({ person }) => person !== without)
      .map((person) => {
        if (person.person === 'p-extra00000') return { ...person, roles: ['technician', 'escort'] }
        return person.person === 'p-extra00001' ? { ...person, regimes: ['cjis'] } : person
      }),
  }
}

const acts = sampleActs(organisation, {
  targets: ['web-1', 'db-1', 'web-1', 'db-1'],
  rollbackSteps: rollback,
  notBefore: sampleInstant(300),
  notAfter: sampleInstant(end),
})

interface World {
  order: WorkOrder
  history: OrderEvent[]
  seconds: number
  roster: Roster
  stops: Stop[]
  readonly tally: Map<string, number>
}

/** Of an allow statement's text: who, when, under which roster, for which attempts, and how many they ask for. */
function allowances(history: readonly OrderEvent[]) {
  return history.flatMap((event) => {
    if (event.type !== 'decision-recorded' || !event.statement.text.startsWith('chaperone allow ')) return []
    const { text } = event.statement
    const word = (name: string) => new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? ''
    const lines = [...text.matchAll(/^step (\d+)\/\d+ attempt (\d+) .* seat \d+\/(\d+)$/gm)].map((line) => ({
      step: Number(line[1]),
      attempt: Number(line[2]),
      of: Number(line[3]),
    }))
    return [
      {
        escort: word('escort'),
        roster: Number(word('roster')),
        from: word('not-before'),
        until: word('not-after'),
        digest: sampleStatementDigest(event),
        lines,
      },
    ]
  })
}

/** The events of the version in force. */
function sinceVersion(history: readonly OrderEvent[]): readonly OrderEvent[] {
  return history.slice(
    history.findLastIndex(({ type }) => type === 'order-submitted' || type === 'order-revised'),
  )
}

const isForward = (step: number) => step <= steps - rollback

function mayEscort(world: World, person: string): boolean {
  return isFit(world, person) && !isStopped(world, person)
}

/** An escort of the roster whom no stop is asked about. */
function isFit(world: World, person: string): boolean {
  const escorts = ['p-escortone', 'p-escorttwo', 'p-extra00000']
  const present = world.roster.people.some((candidate) => candidate.person === person)
  return escorts.includes(person) && person !== technicianOf(world) && present
}

function technicianOf({ history }: World): string {
  return history.find((event) => event.type === 'order-submitted')?.technician ?? ''
}

function isStopped(world: World, escort: string): boolean {
  return world.stops.some(
    ({ scope, value }) => scope === 'all' || value === escort || value === technicianOf(world),
  )
}

/** Whether a rightful intent for this step must be let through now. */
function mayRun(world: World, step: number): boolean {
  const { history, roster } = world
  const at = sampleInstant(world.seconds)
  const version = sinceVersion(history)
  const count = (type: OrderEvent['type'], of = version) => of.filter((event) => event.type === type).length
  if (count('order-withdrawn') > 0 || version.some((event) => isForbid(event))) return false
  if (count('run-intended', history) !== count('run-ended', history)) return false
  const frozen = history.findIndex((event) => event.type === 'order-frozen')
  if (frozen >= 0 && isForward(step)) return false
  const results = (of: number) =>
    version.flatMap((event) => {
      const intent = version.find(
        (earlier) => earlier.type === 'run-intended' && 'run' in event && earlier.run === event.run,
      )
      return event.type === 'run-ended' && intent?.type === 'run-intended' && intent.step === of
        ? [event.outcome.result]
        : []
    })
  if (results(step).includes('succeeded')) return false
  const first = isForward(step) ? 1 : steps - rollback + 1
  if (step !== first && !results(step - 1).includes('succeeded')) return false
  const standing = allowances(
    frozen < 0 ? version : sinceVersion(history).filter((event) => history.indexOf(event) > frozen),
  )
  const rolling = version.some((event) => event.type === 'run-intended' && !isForward(event.step))
  const fresh = standing.filter((one) => one.roster === roster.version)
  const decidedBack = allowances(version).some(
    ({ lines, roster: under }) => under === roster.version && lines.some((line) => !isForward(line.step)),
  )
  if (isForward(step) && (rolling || decidedBack)) return false
  const attempt = results(step).length + 1
  const seats = fresh.flatMap(({ lines }) =>
    lines.filter((line) => line.step === step && line.attempt === attempt),
  )
  const who = new Set(
    fresh
      .filter(({ lines }) => lines.some((line) => line.step === step && line.attempt === attempt))
      .filter(({ escort, from, until }) => from <= at && at < until && mayEscort(world, escort))
      .map(({ escort }) => escort),
  )
  const needed = Math.max(roster.targets[0]!.quorum + extraSeat(world, step), ...seats.map(({ of }) => of))
  return who.size >= needed && roster.people.some(({ person }) => person === technicianOf(world))
}

/** One more where somebody was wrong about the step, as long as the roster has people for it. */
function extraSeat(world: World, step: number): number {
  const wrong = sinceVersion(world.history).some(
    (event) => event.type === 'comprehension-recorded' && event.step === step && !event.matched,
  )
  const fit = people.filter((person) => isFit(world, person)).length
  return wrong && fit > world.roster.targets[0]!.quorum ? 1 : 0
}

function isForbid(event: OrderEvent): boolean {
  return event.type === 'decision-recorded' && event.statement.text.startsWith('chaperone forbid ')
}

type Propose = (world: World, order: WorkOrder) => OrderEvent | undefined

/** Somebody tries something; what the domain lets through happens. */
function trying(name: string, propose: Propose): fc.Command<object, World> {
  return {
    toString: () => name,
    check: () => true,
    run(_, world) {
      const event = propose(world, world.order)
      if (event !== undefined) happen(world, event)
    },
  }
}

function happen(world: World, event: OrderEvent): void {
  const { order: before, tally } = world
  const decided = decide(before, event, contextOf(world))
  const heading = decided.ok ? event.type : decided.error.code
  tally.set(heading, (tally.get(heading) ?? 0) + 1)
  if (!decided.ok) return
  mustBeRight(world, event)
  world.order = apply(before, event, reader)
  world.history.push(event)
  mustHold(before, world.order, event)
}

function contextOf({ seconds, roster, stops }: World): Context {
  return { at: sampleInstant(seconds), roster, stops, crypto: nodeCrypto }
}

/** What no sequence of acts may ever get through. */
function mustBeRight(world: World, event: OrderEvent): void {
  const { history } = world
  switch (event.type) {
    case 'run-intended': {
      expect(mayRun(world, event.step)).toBe(true)
      const names = history.flatMap((earlier) => (earlier.type === 'run-intended' ? [earlier.run] : []))
      expect(names).not.toContain(event.run)
      expect(
        event.decisions.every((digest) =>
          allowances(sinceVersion(history)).some((one) => one.digest === digest),
        ),
      ).toBe(true)
      return
    }
    case 'run-ended':
      return expect(
        history.filter((earlier) => earlier.type === 'run-ended' && earlier.run === event.run),
      ).toEqual([])
    case 'order-claimed':
      return expect(mayEscort(world, event.escort)).toBe(true)
    case 'output-declined':
    case 'comprehension-recorded':
      return expect(mayEscort(world, event.escort)).toBe(true)
    case 'claim-returned':
      return expect(event.to === null || mayEscort(world, event.to)).toBe(true)
    case 'decision-recorded':
      if (isForbid(event)) return
      return expect(mayEscort(world, allowances([event])[0]!.escort)).toBe(true)
    case 'release-recorded': {
      const releaser = /^releaser (\S+)$/m.exec(event.statement.text)?.[1] ?? ''
      return expect(mayEscort(world, releaser)).toBe(true)
    }
    case 'disclosure-recorded':
      expect(event.recipient).toBe(technicianOf(world))
      return expect(
        history.some(
          (earlier) =>
            earlier.type === 'release-recorded' &&
            earlier.statement.text.includes(` content ${event.content} length ${event.length}\n`),
        ),
      ).toBe(true)
    default:
      return
  }
}

/** What stays true whatever happened. */
function mustHold(before: WorkOrder, order: WorkOrder, event: OrderEvent): void {
  if (before.frozenBy !== null) expect(order.frozenBy).toBe(before.frozenBy)
  if (before.ended === 'withdrawn') expect(order.ended).toBe('withdrawn')
  expect(order.runs.length).toBeGreaterThanOrEqual(before.runs.length)
  expect(order.runs.filter((run) => run.state !== 'ended').length).toBeLessThanOrEqual(1)
  expect(order.technician).toBe(before.technician)
  expect(order.requests.filter((request) => request.answer === null).length).toBeLessThanOrEqual(8)
  for (const [i, request] of before.requests.entries())
    if (request.answer !== null) expect(order.requests[i]).toEqual(request)
  const read = decodeEvent(encodeEvent(event))
  expect(read).toEqual({ ok: true, value: event })
}

/** Time passes, or what is in force changes. */
function changing(name: string, change: (world: World) => void): fc.Command<object, World> {
  return {
    toString: () => name,
    check: () => true,
    run: (_, world) => change(world),
  }
}

const moment = (world: World) => ({ at: sampleInstant(world.seconds), roster: world.roster })
const about = (world: World) => ({ v: 1 as const, at: sampleInstant(world.seconds), order: id })
const who = fc.constantFrom(...people, 'p-escortone', 'p-escorttwo', 'p-escortone', 'p-escorttwo')

/** The second step is one that escorts are asked about. */
function withSerious(all: readonly OrderStep[]): OrderStep[] {
  return all.map((one, i) => (i === 1 ? { ...one, level: 'high-impact' } : one))
}

const step = fc.integer({ min: 1, max: steps })
const anyRun = (order: WorkOrder, pick: number) => order.runs.at(-1 - pick)?.run ?? '0'.repeat(32)
const outcome = fc.constantFrom(
  { result: 'succeeded' } as const,
  { result: 'succeeded' } as const,
  { result: 'failed', exit: 1, signal: null } as const,
  { result: 'unknown', reason: 'gateway-lost' } as const,
  { result: 'not-started', reason: 'hash-wrong' } as const,
)

const act = <T extends unknown[]>(
  name: string,
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  propose: (world: World, order: WorkOrder, ...chosen: T) => OrderEvent | undefined,
) =>
  fc
    .tuple<T>(...arbitraries)
    .map((chosen) =>
      trying(`${name}(${chosen.join(',')})`, (world, order) => propose(world, order, ...chosen)),
    )

/** What an escort who knows their way would do next: without it random acts would seldom reach a run. */
const sensible = fc.constantFrom('p-escortone', 'p-escorttwo')

const commands = [
  act(
    'revise',
    [fc.constantFrom(false, false, true), fc.integer({ min: 0, max: 1 })],
    (world, order, stranger, skip) =>
      acts.revise(moment(world), order, {
        technician: stranger ? 'p-escorttwo' : order.technician,
        version: order.version + 1 + skip,
        steps: withSerious(order.steps),
      }),
  ),
  act(
    'withdraw',
    [fc.constantFrom('p-extra00000', 'p-escortone', 'p-technician'), fc.nat(9)],
    (world, order, technician, rare) =>
      rare > 0 && technician === order.technician
        ? undefined
        : { ...about(world), type: 'order-withdrawn', version: order.version, technician },
  ),
  act('claim', [who, fc.integer({ min: 0, max: 15_000 })], (world, order, escort, seconds) =>
    acts.claim(moment(world), order, escort, sampleInstant(world.seconds + seconds)),
  ),
  act('return', [who, fc.option(who)], (world, _, escort, to) => ({
    ...about(world),
    type: 'claim-returned',
    escort,
    to,
    note: null,
  })),
  act('ask', [who, fc.nat(steps)], (world, order, escort, of) => ({
    ...about(world),
    type: 'question-asked',
    version: order.version,
    step: of,
    question: order.questions.length + 1,
    escort,
    text: sampleDigest('question'),
  })),
  act('answer', [fc.integer({ min: 1, max: 3 })], (world, { technician }, question) => ({
    ...about(world),
    type: 'question-answered',
    question,
    technician,
    text: sampleDigest('answer'),
  })),
  act('request output', [fc.nat(steps), fc.constantFrom(0, 0, 1)], (world, order, of, skip) => ({
    ...about(world),
    type: 'output-requested',
    version: order.version,
    step: of + 1,
    request: order.requests.length + 1 + skip,
    technician: order.technician,
    text: sampleDigest('wish'),
  })),
  act('decline output', [who, fc.integer({ min: 1, max: 3 })], (world, _, escort, request) => ({
    ...about(world),
    type: 'output-declined',
    request,
    escort,
    word: 'unclear',
  })),
  act(
    'say what a step does',
    [who, step, fc.constantFrom(1, 2, 'unknown' as const)],
    (world, order, escort, of, answer) => ({
      ...about(world),
      type: 'comprehension-recorded',
      version: order.version,
      step: of,
      escort,
      question: 'what-changes',
      answer,
      matched: answer === 1,
    }),
  ),
  act(
    'allow',
    [who, fc.uniqueArray(step, { minLength: 1, maxLength: 3 }), fc.nat(1), fc.nat(1)],
    (world, order, escort, of, more, shorter) =>
      acts.decide(moment(world), order, escort, of, (statement) => ({
        ...statement,
        notAfter: sampleInstant(end - shorter * 9000),
        steps: statement.steps.map((line) => ({ ...line, seat: { index: 1, of: line.seat.of + more } })),
      })),
  ),
  act('allow all', [sensible], (world, order, escort) =>
    acts.decide(moment(world), order, escort, [1, 2, 3]),
  ),
  act('allow all', [sensible], (world, order, escort) =>
    acts.decide(moment(world), order, escort, [1, 2, 3]),
  ),
  act('allow next', [sensible], (world, order, escort) => {
    const next = [1, 2, 3].find(
      (of) =>
        !order.runs.some(
          (run) => run.version === order.version && run.step === of && run.outcome?.result === 'succeeded',
        ),
    )
    return acts.decide(moment(world), order, escort, [next ?? 4])
  }),
  act('allow rollback', [sensible], (world, order, escort) => acts.decide(moment(world), order, escort, [4])),
  act('forbid', [who, fc.nat(5)], (world, order, escort, rare) =>
    rare > 0
      ? undefined
      : acts.decide(moment(world), order, escort, [1], (statement) => ({ ...statement, kind: 'forbid' })),
  ),
  act('intend', [step, fc.nat(3), fc.nat(1)], (world, order, of, attempt, again) =>
    acts.intend(moment(world), order, of, again === 1 && attempt > 0 ? { attempt } : {}),
  ),
  ...Array.from({ length: 5 }, () =>
    act('go on', [fc.constantFrom(true, true, true, false)], (world, order, looks) => {
      const next = runnableStep(order, looks ? world.roster.version : undefined)
      return next === undefined ? undefined : acts.intend(moment(world), order, next)
    }),
  ),
  act('start', [fc.nat(2)], (world, order, pick) => acts.start(moment(world), order, anyRun(order, pick))),
  ...Array.from({ length: 3 }, () =>
    act('end', [fc.constantFrom(0, 0, 1), outcome], (world, order, pick, result) =>
      acts.end(moment(world), order, anyRun(order, pick), result),
    ),
  ),
  act('kill', [who, fc.nat(1)], (world, order, person, pick) => ({
    ...about(world),
    type: 'kill-requested',
    run: anyRun(order, pick),
    person,
  })),
  act('freeze', [who, fc.nat(9)], (world, order, person, rare) =>
    rare > 0 ? undefined : { ...about(world), type: 'order-frozen', version: order.version, person },
  ),
  act('release', [who, fc.nat(2)], (world, order, releaser, pick) =>
    acts.release(moment(world), order, releaser, [anyRun(order, pick)]),
  ),
  act('read', [fc.nat(2), fc.constantFrom(false, false, true)], (world, order, pick, stranger) =>
    acts.read(moment(world), order, anyRun(order, pick), {
      recipient: stranger ? 'p-escorttwo' : order.technician,
    }),
  ),
  fc.integer({ min: 1, max: 900 }).map((seconds) =>
    changing(`wait ${seconds}`, (world) => {
      world.seconds += seconds
    }),
  ),
  fc
    .tuple(fc.constantFrom(null, null, 'p-escorttwo', 'p-technician'), fc.constantFrom(1, 1, 2), fc.nat(3))
    .map(([without, quorum, rare]) =>
      changing(`roster without ${without}, quorum ${quorum}`, (world) => {
        if (rare === 0) world.roster = rosterOf(world.roster.version + 1, without, quorum)
      }),
    ),
  fc
    .constantFrom<Stop[]>(
      ...Array.from({ length: 12 }, () => []),
      [{ stop: sampleDigest('a'), scope: 'all', value: 'all', expires: 'never' }],
      [{ stop: sampleDigest('b'), scope: 'person', value: 'p-escortone', expires: 'never' }],
    )
    .map((stops) =>
      changing(`stops ${stops.map((stop) => stop.value).join()}`, (world) => {
        world.stops = stops
      }),
    ),
  // Whenever the model says that a step may run, the domain must say so too.
  step.map((of) =>
    trying(`must run ${of}`, (world, order) => {
      if (!mayRun(world, of)) return undefined
      const intent = acts.intend(moment(world), order, of)
      expect(decide(order, intent, contextOf(world))).toMatchObject({ ok: true })
      return intent
    }),
  ),
]

test('no sequence of acts runs, shows or ends what it must not', () => {
  const tally = new Map<string, number>()
  const sequences = fc.commands(commands, { maxCommands: 200, size: 'max' })
  const quorums = fc.constantFrom(1, 1, 2)
  const starts = fc.constantFrom(250, 310)
  const technicians = fc.constantFrom('p-technician', 'p-extra00000')
  fc.assert(
    fc.property(sequences, quorums, starts, technicians, (sequence, quorum, seconds, technician) => {
      const roster = rosterOf(1, null, quorum)
      const plain = acts.submit({ at: sampleInstant(0), roster }, id, { technician })
      const submitted = { ...plain, steps: withSerious(plain.steps) }
      const order = apply(undefined, submitted, reader)
      const world: World = { order, history: [submitted], seconds, roster, stops: [], tally }
      fc.modelRun(() => ({ model: {}, real: world }), sequence)
      const replayed = world.history.reduce<WorkOrder | undefined>(
        (before, event) => apply(before, event, reader),
        undefined,
      )
      expect(replayed).toEqual(world.order)
      expect(phaseOf(world.order, sampleInstant(world.seconds), world.roster.version)).toBeTypeOf('string')
    }),
    { numRuns: 500 },
  )
  // A random walk is worth something only where it gets to.
  const seldom = mustBeReached.filter((heading) => !tally.has(heading))
  expect(seldom).toEqual([])
})

const mustBeReached = [
  'run-intended',
  'run-started',
  'run-ended',
  'kill-requested',
  'order-frozen',
  'order-revised',
  'release-recorded',
  'disclosure-recorded',
  'claim-returned',
  'question-answered',
  'output-declined',
  'comprehension-recorded',
  'comprehension-not-asked',
  'quorum-wrong',
  'request-unknown',
  'rollback-begun',
  'roster-stale',
  'quorum-missing',
  'predecessor-missing',
  'run-in-progress',
  'escort-is-author',
  'already-decided',
  'stopped',
]
