import { fromBase64, keyIdOf, type OrderId } from '@chaperone/encoding'
import { runIdOf, type Event, type EventOf, type StepLine } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { toHex, utf8 } from '@chaperone/encoding'
import {
  sampleOpened,
  sampleOrderDigest,
  sampleRecording,
  sampleSteps,
  type SampleOpenings,
} from './sample-documents.ts'
import { sampleDigest, sampleInstant, type SampleOrganisation } from './sample-log.ts'

/** What an order's story needs of the log that it is written into. */
export interface SampleHead {
  readonly size: number
  readonly root: Uint8Array
}

export interface SampleStory {
  readonly order: OrderId
  readonly steps: number
  /** Seconds of its first entry, and how many pass from entry to entry. */
  readonly at: number
  readonly every?: number
  /** Where what the order commits to is opened; without it digests stand for nothing. */
  readonly openings?: SampleOpenings
}

/**
 * A whole order as it happens: submitted, claimed, allowed with a real signature, each step intended, started and
 * ended, all released with a real signature, read. Yields one event at a time and takes the index it was given.
 */
export function* sampleOrder(
  organisation: SampleOrganisation,
  { order, steps: count, at: began, every = 1, openings }: SampleStory,
  head: () => SampleHead,
): Generator<Event, void, number> {
  let seconds = began
  const now = () => sampleInstant((seconds += every))
  const target = organisation.roster.targets[0]
  if (target === undefined) throw new Error('the sample has targets')
  const documents =
    openings === undefined
      ? Array.from({ length: count }, (_, i) => ({
          digest: sampleDigest('step', order, i),
          analysis: sampleDigest('analysis', order, i),
        }))
      : sampleSteps(order, count, target.target, openings)
  const steps: EventOf<'order-submitted'>['steps'] = documents.map((document) => ({
    ...document,
    target: target.target,
    account: 'ops',
    interpreter: 'bash',
    level: 'routine',
  }))
  const [notBefore, notAfter] = [sampleInstant(began - 60), sampleInstant(began + 86_400)]
  const technician = 'p-technician'
  const escort = 'p-escortone'
  const window = { notBefore, notAfter }
  const digests = steps.map((step) => step.digest)
  const orderDigest =
    openings === undefined
      ? sampleDigest('order', order)
      : sampleOrderDigest(order, technician, digests, window, openings)
  const about = { v: 1, order } as const
  const identity = 'session'
  yield {
    ...about,
    type: 'order-submitted',
    at: now(),
    version: 1,
    orderDigest,
    technician,
    identity,
    notBefore,
    notAfter,
    steps,
    rollbackSteps: 0,
  }
  yield { ...about, type: 'order-claimed', at: now(), version: 1, escort, until: sampleInstant(began + 3600) }
  const hostKey = keyIdOf(fromBase64(target.hostKeys[0] ?? '') ?? new Uint8Array(), nodeCrypto.sha256)
  const lines: StepLine[] = steps.map((step, i) => ({
    step: { index: i + 1, of: count },
    attempt: 1,
    digest: step.digest,
    target: step.target,
    hostKey,
    account: step.account,
    interpreter: step.interpreter,
    analysis: step.analysis,
    seat: { index: 1, of: 1 },
  }))
  const seen = () => {
    const { size, root } = head()
    return { policy: organisation.roster.policy, roster: 1, logSize: size, logRoot: toHex(root) }
  }
  const statement = organisation.sign(escort, {
    kind: 'allow',
    order,
    version: 1,
    orderDigest,
    steps: lines,
    technician,
    escort,
    notBefore,
    notAfter,
    ...seen(),
  })
  yield { ...about, type: 'decision-recorded', at: now(), statement }
  const decisions = [toHex(nodeCrypto.sha256(utf8(statement.text)))]
  const runs: string[] = []
  let after: { run: string; entry: number } | null = null
  for (const [i, step] of steps.entries()) {
    const run = runIdOf(orderDigest, i + 1, 1, nodeCrypto.sha256)
    runs.push(run)
    yield {
      ...about,
      type: 'run-intended',
      at: now(),
      version: 1,
      orderDigest,
      step: i + 1,
      attempt: 1,
      run,
      stepDigest: step.digest,
      target: step.target,
      decisions,
      after,
    }
    yield { ...about, type: 'run-started', at: now(), run, targetTime: sampleInstant(seconds) }
    const recording =
      openings === undefined
        ? { chunks: 1, bytes: 512, link: sampleDigest('link', run) }
        : sampleRecording(run, openings)
    const entry: number = yield {
      ...about,
      type: 'run-ended',
      at: now(),
      run,
      outcome: { result: 'succeeded' },
      serial: '7',
      recording,
    }
    after = { run, entry }
  }
  const text = 'active\n'.repeat(20)
  const releases = runs.map((run) =>
    openings === undefined
      ? { run, content: sampleDigest('text', run), length: 512 }
      : { run, content: sampleOpened('release', [run], text, openings), length: text.length },
  )
  const recipientFacts =
    openings === undefined
      ? sampleDigest('facts', order)
      : sampleOpened('recipient-facts', [order], { person: technician }, openings)
  const release = organisation.sign(escort, {
    kind: 'release',
    order,
    version: 1,
    releases,
    recipient: technician,
    recipientFacts,
    releaser: escort,
    issued: now(),
    ...seen(),
  })
  yield { ...about, type: 'release-recorded', at: now(), statement: release }
  for (const { run, content, length } of releases.slice(0, 1)) {
    yield {
      ...about,
      type: 'disclosure-recorded',
      at: now(),
      recipient: technician,
      recipientFacts,
      content,
      length,
      basis: 'release',
      run,
    }
  }
}
