import { err, fromHex, invariant, ok, type Digest, type Instant, type Result } from '@chaperone/encoding'
import {
  checkOrderDocument,
  findPerson,
  findTarget,
  malformedStepField,
  orderDigest,
  stepDigest,
  type OrderDocument,
  type Roster,
  type RosterTarget,
  type StepDocument,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import type { IssueRequest } from './issue-request.ts'
import type { Refusal } from './refusal.ts'

/** The documents with the digests that people signed, and the target as the roster has it. */
export interface OpenedDocuments {
  readonly order: OrderDocument
  readonly orderDigest: Digest
  readonly step: StepDocument
  readonly stepDigest: Digest
  readonly target: RosterTarget
}

/** Opens the documents and holds them against each other and the roster. */
export function checkDocuments(
  { order, step, index }: IssueRequest,
  roster: Roster,
  at: Instant,
): Result<OpenedDocuments, Refusal> {
  const checked = checkOrderDocument(order.document)
  if (!checked.ok) return checked
  const field = malformedStepField(step.document) ?? illFormedText(order.document)
  if (field !== undefined) return err({ code: 'step-malformed', field })
  const { sha256 } = nodeCrypto
  const hashed = stepDigest(saltOf(step.salt), step.document, sha256)
  const named = order.document.steps[index - 1]
  if (named === undefined) return err({ code: 'step-unknown', step: index })
  if (named !== hashed) return err({ code: 'step-not-as-signed', field: 'digest' })
  const target = findTarget(roster, step.document.target)
  if (target === undefined) return err({ code: 'target-unknown', target: step.document.target })
  const unfit = unfitStep(step.document, target) ?? unfitTechnician(order.document, roster, at)
  if (unfit !== undefined) return err(unfit)
  const digest = orderDigest(saltOf(order.salt), order.document, sha256)
  return ok({ order: order.document, orderDigest: digest, step: step.document, stepDigest: hashed, target })
}

function saltOf(hex: string): Uint8Array {
  const salt = fromHex(hex)
  invariant(salt?.length === 32, 'the shape of a request holds its salts')
  return salt
}

/** A lone surrogate has no canonical spelling; the order's other texts are judged by the domain. */
function illFormedText({ effects }: OrderDocument): string | undefined {
  const sound = effects.every(({ effect, place }) => effect.isWellFormed() && place.isWellFormed())
  return sound ? undefined : 'effects'
}

function unfitStep(step: StepDocument, target: RosterTarget): Refusal | undefined {
  const { account, interpreter, maxSeconds } = step
  if (!target.accounts.includes(account)) return { code: 'account-not-permitted', account }
  // The runner speaks bash only, whatever else the roster permits.
  if (!target.interpreters.includes(interpreter) || interpreter !== 'bash')
    return { code: 'interpreter-not-permitted', interpreter }
  return maxSeconds <= target.maxSeconds ? undefined : { code: 'duration-too-long', most: target.maxSeconds }
}

function unfitTechnician({ technician }: OrderDocument, roster: Roster, at: Instant): Refusal | undefined {
  const person = findPerson(roster, technician)
  const counts = person?.roles.includes('technician') === true && at < person.until
  return counts ? undefined : { code: 'technician-unknown', technician }
}
