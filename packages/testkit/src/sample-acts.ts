import { fromBase64, keyIdOf, toHex, utf8, type OrderId, type PersonId } from '@chaperone/encoding'
import {
  allowancesFor,
  currentRuns,
  nextAttempt,
  runIdOf,
  type DecisionStatement,
  type EventOf,
  type Outcome,
  type ReleaseStatement,
  type Roster,
  type WorkOrder,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { sampleDigest, type SampleOrganisation } from './sample-log.ts'

/** When and under which roster somebody acts. */
export interface Moment {
  readonly at: string
  readonly roster: Roster
}

type Submission = EventOf<'order-submitted'>

/**
 * The next event of an order by somebody, right unless told otherwise. Nothing here decides: a test changes a member,
 * or lets the wrong person act, and sees what the domain says.
 */
export interface SampleActs {
  submit(moment: Moment, order: OrderId, change?: Partial<Submission>): Submission
  revise(
    moment: Moment,
    order: WorkOrder,
    change?: Partial<EventOf<'order-revised'>>,
  ): EventOf<'order-revised'>
  claim(moment: Moment, order: WorkOrder, escort: PersonId, until: string): EventOf<'order-claimed'>
  decide(
    moment: Moment,
    order: WorkOrder,
    escort: PersonId,
    steps: readonly number[],
    change?: (statement: DecisionStatement) => DecisionStatement,
  ): EventOf<'decision-recorded'>
  intend(
    moment: Moment,
    order: WorkOrder,
    step: number,
    change?: Partial<EventOf<'run-intended'>>,
  ): EventOf<'run-intended'>
  start(moment: Moment, order: WorkOrder, run: string): EventOf<'run-started'>
  end(moment: Moment, order: WorkOrder, run: string, outcome: Outcome): EventOf<'run-ended'>
  release(
    moment: Moment,
    order: WorkOrder,
    releaser: PersonId,
    runs: readonly string[],
    change?: (statement: ReleaseStatement) => ReleaseStatement,
  ): EventOf<'release-recorded'>
  read(
    moment: Moment,
    order: WorkOrder,
    run: string,
    change?: Partial<EventOf<'disclosure-recorded'>>,
  ): EventOf<'disclosure-recorded'>
}

export interface SampleWork {
  /** The target of each step; rollback steps are the last. */
  readonly targets: readonly string[]
  readonly rollbackSteps: number
  readonly notBefore: string
  readonly notAfter: string
}

export function sampleActs(organisation: SampleOrganisation, work: SampleWork): SampleActs {
  const seen = (roster: Roster) => ({
    policy: roster.policy,
    roster: roster.version,
    logSize: 1,
    logRoot: sampleDigest('head'),
  })
  const submission = ({ at }: Moment, order: OrderId, version: number) => ({
    v: 1 as const,
    at,
    order,
    version,
    orderDigest: sampleDigest('order', order, version),
    technician: 'p-technician',
    identity: 'session' as const,
    notBefore: work.notBefore,
    notAfter: work.notAfter,
    steps: work.targets.map((target, i) => ({
      digest: sampleDigest('step', order, version, i),
      target,
      account: 'ops',
      interpreter: 'bash' as const,
      analysis: sampleDigest('analysis', order, version, i),
      level: 'routine' as const,
    })),
    rollbackSteps: work.rollbackSteps,
  })
  const about = ({ at }: Moment, { order }: WorkOrder) => ({ v: 1 as const, at, order })

  return {
    submit: (moment, order, change = {}) => ({
      ...submission(moment, order, 1),
      type: 'order-submitted',
      ...change,
    }),
    revise: (moment, { order, version, technician }, change = {}) => ({
      ...submission(moment, order, version + 1),
      type: 'order-revised',
      technician,
      ...change,
    }),
    claim: (moment, order, escort, until) => ({
      ...about(moment, order),
      type: 'order-claimed',
      version: order.version,
      escort,
      until,
    }),
    decide(moment, order, escort, steps, change = (statement) => statement) {
      const statement = change({
        kind: 'allow',
        order: order.order,
        version: order.version,
        orderDigest: order.orderDigest,
        steps: steps.map((step) => stepLine(moment.roster, order, step)),
        technician: order.technician,
        escort,
        notBefore: order.notBefore,
        notAfter: order.notAfter,
        ...seen(moment.roster),
      })
      return {
        ...about(moment, order),
        type: 'decision-recorded',
        statement: organisation.sign(escort, statement),
      }
    },
    intend(moment, order, step, change = {}) {
      const attempt = change.attempt ?? nextAttempt(order, step)
      const first = order.steps.length - order.rollbackSteps + 1
      const before = currentRuns(order).find(
        (run) => run.step === step - 1 && run.outcome?.result === 'succeeded',
      )
      return {
        ...about(moment, order),
        type: 'run-intended',
        version: order.version,
        orderDigest: order.orderDigest,
        step,
        attempt,
        run: runIdOf(order.orderDigest, step, attempt, nodeCrypto.sha256),
        stepDigest: order.steps[step - 1]?.digest ?? sampleDigest('no such step'),
        target: order.steps[step - 1]?.target ?? 'web-1',
        decisions: allowancesFor(order, step, attempt).map((allowance) => allowance.statement),
        after: step === 1 || step === first || before === undefined ? null : { run: before.run, entry: 1 },
        ...change,
      }
    },
    start: (moment, order, run) => ({
      ...about(moment, order),
      type: 'run-started',
      run,
      targetTime: moment.at,
    }),
    end: (moment, order, run, outcome) => ({
      ...about(moment, order),
      type: 'run-ended',
      run,
      outcome,
      serial: '7',
      recording: null,
    }),
    release(moment, order, releaser, runs, change = (statement) => statement) {
      const statement = change({
        kind: 'release',
        order: order.order,
        version: order.version,
        releases: runs.map((run) => ({ run, content: sampleDigest('text', run), length: 512 })),
        recipient: order.technician,
        recipientFacts: sampleDigest('facts'),
        releaser,
        issued: moment.at,
        ...seen(moment.roster),
      })
      return {
        ...about(moment, order),
        type: 'release-recorded',
        statement: organisation.sign(releaser, statement),
      }
    },
    read: (moment, order, run, change = {}) => ({
      ...about(moment, order),
      type: 'disclosure-recorded',
      recipient: order.technician,
      recipientFacts: sampleDigest('facts'),
      content: sampleDigest('text', run),
      length: 512,
      basis: 'release',
      run,
      ...change,
    }),
  }
}

function stepLine(roster: Roster, order: WorkOrder, index: number): DecisionStatement['steps'][number] {
  const step = order.steps[index - 1]
  if (step === undefined) throw new Error(`the order has no step ${index}`)
  const target = roster.targets.find((candidate) => candidate.target === step.target)
  const attempt = nextAttempt(order, index)
  const seated = allowancesFor(order, index, attempt).length
  const quorum = target?.quorum ?? 1
  return {
    step: { index, of: order.steps.length },
    attempt,
    digest: step.digest,
    target: step.target,
    hostKey: keyIdOf(fromBase64(target?.hostKeys[0] ?? '') ?? new Uint8Array(), nodeCrypto.sha256),
    account: step.account,
    interpreter: step.interpreter,
    analysis: step.analysis,
    seat: { index: Math.min(seated + 1, quorum), of: quorum },
  }
}

/** What other events name a signed statement by. */
export function sampleStatementDigest(event: { readonly statement: { readonly text: string } }): string {
  return toHex(nodeCrypto.sha256(utf8(event.statement.text)))
}
