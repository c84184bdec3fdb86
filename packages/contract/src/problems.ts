import type {
  AdoptionRefusal,
  OrderDocumentRefusal,
  Refusal,
  RosterRefusal,
  StepRefusal,
} from '@chaperone/domain'
import { sizeWords } from './limits.ts'

/** RFC 9457. `type` is the address of the code's page, facts are extension members. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly instance?: string
  readonly [fact: string]: unknown
}

export interface ProblemRow {
  readonly status: number
  readonly title: string
  /** What the person can do about it. */
  readonly advice: string
}

/** Refusals and faults that only the gateway makes. */
export type EdgeCode =
  | 'not-signed-in'
  | 'not-allowed-here'
  | 'sign-in-failed'
  | 'enrolment-invalid'
  | 'ticket-invalid'
  | 'not-found'
  | 'request-malformed'
  | 'request-too-large'
  | 'method-not-allowed'
  | 'media-type-unsupported'
  | 'too-many-requests'
  | 'origin-wrong'
  | 'store-unavailable'
  | 'signer-unavailable'
  | 'signer-refused'
  | 'stop-unknown'
  | 'stop-lifted'
  | 'step-too-large'
  | 'order-too-large'
  | 'release-empty'
  | 'comprehension-missing'
  | 'output-unavailable'
  | 'internal-error'

type Code =
  (Refusal | AdoptionRefusal | OrderDocumentRefusal | RosterRefusal | StepRefusal)['code'] | EdgeCode

const row = (status: number, title: string, advice: string): ProblemRow => ({ status, title, advice })

/** The one registry: a refusal without a row does not compile. */
export const problems = {
  'order-exists': row(409, 'This order exists already', 'open it instead of submitting it again'),
  'order-unknown': row(404, 'There is no such order for you', 'check the address'),
  'order-erased': row(409, 'The content of this order was erased', 'nothing can be done with it'),
  'order-full': row(409, 'This order has grown too long', 'submit a new order'),
  'order-ended': row(409, 'This order has ended', 'submit a new version or a new order'),
  'order-frozen': row(409, 'This order is frozen', 'an officer and the rollback come first'),
  'order-claimed': row(409, 'Another escort is reviewing this order', 'wait, or ask them to hand it over'),
  'order-not-claimed': row(409, 'You do not hold this order', 'claim it first'),
  'order-version-stale': row(409, 'There is a newer version of this order', 'look at the newer version'),
  'order-malformed': row(422, 'The order is not well formed', 'correct the named field'),
  'step-malformed': row(422, 'A step is not well formed', 'correct the named field'),
  'steps-invalid': row(422, 'An order needs at least one step that is not rollback', 'add a step'),
  'window-invalid': row(422, 'The time window is not valid', 'end after the start, at most seven days later'),
  'window-closed': row(409, 'The time window has closed', 'ask for a new window'),
  'window-not-open': row(409, 'The time window has not opened', 'wait for it'),
  'window-outside-order': row(409, 'The decision goes beyond the order’s window', 'decide inside it'),
  'technician-unknown': row(403, 'You are not a technician of the roster in force', 'ask an officer'),
  'not-the-technician': row(403, 'Only the technician of this order may do that', 'ask them'),
  'escort-unknown': row(403, 'You are not an escort of the roster in force', 'ask an officer'),
  'escort-regime': row(403, 'You may not escort work under this regime', 'leave it to somebody who may'),
  'escort-is-author': row(403, 'Nobody decides their own order', 'another escort must judge it'),
  'target-unknown': row(422, 'There is no such target', 'choose a target of the roster'),
  'account-not-permitted': row(422, 'This account is not permitted on the target', 'choose another account'),
  'interpreter-not-permitted': row(422, 'This interpreter is not permitted on the target', 'choose another'),
  'claim-too-long': row(422, 'The claim would last too long', 'claim for less'),
  'question-unknown': row(404, 'There is no such question', 'check the address'),
  'question-open': row(409, 'A question is still open', 'wait for the answer'),
  'question-answered': row(409, 'This question is answered already', 'nothing more to do'),
  'request-unknown': row(404, 'There is no such request for output', 'check the address'),
  'request-answered': row(409, 'This request for output is answered already', 'nothing more to do'),
  'requests-open': row(
    409,
    'Too many requests for output wait for an answer',
    'wait until the escort has answered some',
  ),
  'comprehension-not-asked': row(422, 'Nothing is asked about this step', 'decide it as it is'),
  'comprehension-answered': row(409, 'You answered this question already', 'nothing more to do'),
  'comprehension-missing': row(
    409,
    'You have not said yet what this step does',
    'answer the questions about it first; “I don’t know” is an answer',
  ),
  'step-unknown': row(422, 'There is no such step', 'look at the order again'),
  'statement-malformed': row(422, 'The statement is not well formed', 'use a current desk or command line'),
  'statement-not-for-this': row(
    409,
    'The statement is about something else',
    'look at the order again and sign afresh',
  ),
  'step-not-as-submitted': row(
    409,
    'The statement does not match the step',
    'look at the order again and sign afresh',
  ),
  'host-key-not-in-roster': row(
    409,
    'The host key is not the target’s',
    'an officer must look at the target',
  ),
  'key-class-not-permitted': row(403, 'This kind of key may not decide for the target', 'use a hardware key'),
  'attempt-not-next': row(
    409,
    'The decision is for another attempt',
    'look at the order again and sign afresh',
  ),
  'already-decided': row(409, 'You have decided this already', 'nothing more to do'),
  'roster-stale': row(409, 'The roster changed since this was prepared', 'prepare it again'),
  'policy-stale': row(409, 'The policy changed since this was prepared', 'prepare it again'),
  'quorum-wrong': row(409, 'More people must allow this', 'prepare it again'),
  'quorum-missing': row(409, 'Not enough people have allowed this', 'another escort must decide'),
  'predecessor-missing': row(409, 'The step before has not succeeded', 'steps run in their order'),
  'run-in-progress': row(409, 'A step of this order is running', 'wait for it, or stop it'),
  'run-unknown': row(404, 'There is no such run', 'check the address'),
  'run-ended': row(409, 'This run has ended', 'nothing more to stop'),
  'run-not-ended': row(409, 'This run has not ended', 'wait for it'),
  'run-id-wrong': row(
    409,
    'The run’s name does not follow from what was signed',
    'this is a defect: report it',
  ),
  'rollback-apart': row(409, 'Rollback is decided apart from other steps', 'sign for the rollback alone'),
  'rollback-early': row(409, 'There is nothing to roll back yet', 'allow the rollback when a step has run'),
  'rollback-begun': row(409, 'This order is being rolled back', 'submit a new version to go forward again'),
  'step-done': row(409, 'This step has succeeded already', 'nothing more to decide'),
  'not-permitted': row(403, 'You may not do that', 'ask an officer'),
  stopped: row(409, 'An officer has ordered a stop', 'ask the officer on duty'),
  'recipient-wrong': row(409, 'The recipient is not the order’s technician', 'prepare the release again'),
  'not-released': row(403, 'This was not released to you', 'ask the escort'),
  'key-not-in-roster': row(403, 'This key does not count', 'enrol it, or use the enrolled one'),
  'key-not-theirs': row(403, 'This key belongs to somebody else', 'use your own key'),
  'role-missing': row(403, 'You do not have the role for this', 'ask an officer'),
  'key-class-unproven': row(
    403,
    'The signature does not prove what the key promises',
    'touch and verify with the enrolled device',
  ),
  'software-key-refused': row(403, 'Software keys count in demonstrations only', 'use a hardware key'),
  'signature-malformed': row(422, 'The signature is not well formed', 'sign again'),
  'signature-namespace': row(403, 'The signature was made for another purpose', 'sign at the desk'),
  'signature-bad': row(403, 'The signature does not verify', 'sign again'),
  'roster-malformed': row(422, 'The roster is not well formed', 'correct the named member'),
  'roster-duplicate': row(422, 'The roster names something twice', 'correct it'),
  'roster-not-next': row(409, 'The roster does not follow the one in force', 'start from the one in force'),
  'roster-expired': row(409, 'The roster has expired', 'adopt a new one'),
  'adoption-not-for-this': row(409, 'An adoption is for another roster', 'sign this one'),
  'adoption-needs-two': row(409, 'Two officers must adopt a roster', 'a second officer must sign'),
  'not-signed-in': row(401, 'You are not signed in', 'sign in'),
  'not-allowed-here': row(403, 'This is not for your role', 'ask an officer'),
  'sign-in-failed': row(401, 'Signing in did not work', 'try again with an enrolled key'),
  'enrolment-invalid': row(404, 'This enrolment link does not work', 'ask for a new one; links work once'),
  'ticket-invalid': row(404, 'This signing request is no longer open', 'prepare it again'),
  'not-found': row(404, 'There is no such thing for you', 'check the address'),
  'request-malformed': row(400, 'The request is not well formed', 'correct the named part'),
  'request-too-large': row(413, 'The request is too large', `make it smaller: ${sizeWords.order}`),
  'method-not-allowed': row(405, 'This address does not do that', 'see the allow header, and the API page'),
  'media-type-unsupported': row(415, 'The request is not of a known type', 'send JSON'),
  'too-many-requests': row(429, 'Too many requests', 'wait a moment'),
  'origin-wrong': row(403, 'The request came from another site', 'use the product’s own pages'),
  'store-unavailable': row(503, 'The store cannot be reached', 'nothing was done; try again soon'),
  'signer-unavailable': row(503, 'The signer cannot be reached', 'nothing will run until it is back'),
  'signer-refused': row(409, 'The signer refused', 'see the reason it gave'),
  'stop-unknown': row(404, 'There is no such stop', 'check its digest'),
  'stop-lifted': row(409, 'This stop was ordered before, and lifted', 'sign a new stop order'),
  'step-too-large': row(413, 'A step is too large', `make it smaller: ${sizeWords.step}`),
  'order-too-large': row(413, 'The order is too large', `make it smaller: ${sizeWords.order}`),
  'release-empty': row(422, 'Nothing is left to release', 'choose some output'),
  'output-unavailable': row(404, 'There is no captured output', 'it was erased or never began'),
  'internal-error': row(500, 'Something went wrong here', 'tell the operator the request id'),
} as const satisfies Record<Code, ProblemRow>

export type ProblemCode = keyof typeof problems

export function problemOf(
  code: ProblemCode,
  facts: Readonly<Record<string, unknown>> = {},
  instance?: string,
): Problem {
  const { status, title } = problems[code]
  return {
    ...facts,
    type: `/problems/${code}`,
    title,
    status,
    code,
    ...(instance === undefined ? {} : { instance }),
  }
}
