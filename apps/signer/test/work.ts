import { keyIdOf, toHex, utf8, type PersonId, type RunId } from '@chaperone/encoding'
import {
  orderDigest,
  runIdOf,
  stepDigest,
  type DecisionStatement,
  type Event,
  type EventOf,
  type OrderDocument,
  type Outcome,
  type SignedStatement,
  type StepDocument,
  type StepLine,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import type { IssueRequest } from '../src/issue-request.ts'
import { escort, technician, type Organisation } from './organisation.ts'
import type { TestLog } from './log.ts'

const { sha256 } = nodeCrypto

/** One order with its documents, and everything that is said and asked about it. */
export interface Work {
  readonly document: OrderDocument
  readonly digest: string
  readonly steps: readonly StepDocument[]
  readonly stepDigests: readonly string[]
  submission(change?: Partial<EventOf<'order-submitted'>>): Event
  line(index: number, change?: Partial<StepLine>): StepLine
  statement(person: PersonId, change?: Partial<DecisionStatement>): DecisionStatement
  allow(person?: PersonId, change?: Partial<DecisionStatement>): SignedStatement
  run(index: number, attempt?: number): RunId
  intent(
    index: number,
    statements: readonly SignedStatement[],
    change?: Partial<EventOf<'run-intended'>>,
  ): Event
  end(index: number, outcome?: Outcome): Event
  request(
    index: number,
    statements: readonly SignedStatement[],
    intent: number,
    change?: Partial<IssueRequest>,
  ): IssueRequest
}

export interface WorkOptions {
  readonly bytes?: readonly Uint8Array[]
  readonly target?: string
  readonly account?: string
  readonly maxSeconds?: number
  readonly order?: Partial<OrderDocument>
  readonly interpreter?: StepDocument['interpreter']
  readonly at: () => string
}

const orderSalt = '0a'.repeat(32)
const stepSalt = '0b'.repeat(32)

export function workFor(organisation: Organisation, log: TestLog, options: WorkOptions): Work {
  const { roster } = organisation
  const { at, target = 'web-1', account = 'ops' } = options
  const steps = (options.bytes ?? [utf8('id\n'), utf8('uptime\n'), utf8('true\n')]).map(
    (bytes): StepDocument => ({
      target,
      account,
      interpreter: options.interpreter ?? 'bash',
      bytes: { length: bytes.length, sha256: toHex(sha256(bytes)) },
      files: [],
      expected: '',
      maxSeconds: options.maxSeconds ?? 60,
    }),
  )
  const stepDigests = steps.map((step) => stepDigest(Buffer.from(stepSalt, 'hex'), step, sha256))
  const document: OrderDocument = {
    order: 'wo-00000001',
    version: 1,
    technician,
    purpose: 'look',
    fault: '',
    component: '',
    mayShow: '',
    effects: [],
    notBefore: at(),
    notAfter: new Date(Date.parse(at()) + 3_600_000).toISOString().replace('.000Z', 'Z'),
    steps: stepDigests,
    rollbackSteps: 1,
    ...options.order,
  }
  const digest = orderDigest(Buffer.from(orderSalt, 'hex'), document, sha256)
  const about = { v: 1, order: document.order } as const
  const hostKey = keyIdOf(
    Buffer.from(roster.targets.find((known) => known.target === target)?.hostKeys[0] ?? '', 'base64'),
    sha256,
  )
  const run = (index: number, attempt = 1) => runIdOf(digest, index, attempt, sha256)

  const work: Work = {
    document,
    digest,
    steps,
    stepDigests,
    run,
    submission(change = {}) {
      const { version, notBefore, notAfter, rollbackSteps } = document
      const logged = stepDigests.map((stepHash) => ({
        digest: stepHash,
        target,
        account,
        interpreter: 'bash' as const,
        analysis: '2'.repeat(64),
        level: 'routine' as const,
      }))
      const said = { technician, identity: 'session', notBefore, notAfter, rollbackSteps } as const
      const type = 'order-submitted'
      return { ...about, type, at: at(), version, orderDigest: digest, ...said, steps: logged, ...change }
    },
    line: (index, change = {}) => ({
      step: { index, of: document.steps.length },
      attempt: 1,
      digest: stepDigests[index - 1]!, // the caller names a step of its order
      target,
      hostKey,
      account,
      interpreter: 'bash',
      analysis: '2'.repeat(64),
      seat: { index: 1, of: 1 },
      ...change,
    }),
    statement: (person, change = {}) => ({
      kind: 'allow',
      order: document.order,
      version: document.version,
      orderDigest: digest,
      steps: document.steps.map((_, i) => work.line(i + 1)),
      technician,
      escort: person,
      notBefore: document.notBefore,
      notAfter: document.notAfter,
      policy: roster.policy,
      roster: roster.version,
      logSize: log.entries.length,
      logRoot: toHex(log.root()),
      ...change,
    }),
    allow: (person = escort, change = {}) => organisation.sign(person, work.statement(person, change)),
    intent(index, statements, change = {}) {
      const decisions = statements.map(({ text }) => toHex(sha256(utf8(text))))
      const rest = { stepDigest: stepDigests[index - 1]!, target, decisions, after: null }
      const what = {
        version: document.version,
        orderDigest: digest,
        step: index,
        attempt: 1,
        run: run(index),
      }
      return { ...about, type: 'run-intended', at: at(), ...what, ...rest, ...change }
    },
    end: (index, outcome = { result: 'succeeded' }) => ({
      ...about,
      type: 'run-ended',
      at: at(),
      run: run(index),
      outcome,
      serial: null,
      recording: null,
    }),
    request: (index, statements, intent, change = {}) => ({
      statements: [...statements],
      order: { salt: orderSalt, document: structuredClone(document) as IssueRequest['order']['document'] },
      step: {
        salt: stepSalt,
        document: structuredClone(steps[index - 1]) as IssueRequest['step']['document'],
      },
      index,
      attempt: 1,
      intent,
      ...change,
    }),
  }
  return work
}
