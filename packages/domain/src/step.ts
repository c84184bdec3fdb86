import {
  commitJson,
  isId,
  toHex,
  utf8,
  concat,
  type Digest,
  type RunId,
  type Sha256,
  type TargetId,
} from '@chaperone/encoding'

export type Interpreter = 'bash' | 'powershell' | 'sql'

/**
 * One exact thing to run (spec/step.md). The bytes themselves travel beside it; their hash stands here, so
 * that whoever checks a digest need not hold 8 MiB.
 */
export interface StepDocument {
  readonly target: TargetId
  readonly account: string
  readonly interpreter: Interpreter
  readonly bytes: { readonly length: number; readonly sha256: Digest }
  readonly files: readonly StepFile[]
  /** What the technician expects to see; free text. */
  readonly expected: string
  /** The runner ends the step after this many seconds. */
  readonly maxSeconds: number
}

export interface StepFile {
  /** `f1`, `f2`, …: wire names are ours, so that no name a technician chose reaches a shell. */
  readonly name: string
  readonly mode: '0600' | '0644' | '0700' | '0755'
  readonly length: number
  readonly sha256: Digest
}

/** A step's document with the 32-byte salt that opens its digest. */
export interface StepOpening {
  /** 64 hex digits. */
  readonly salt: string
  readonly document: StepDocument
}

export const largestStep = 8 * 1024 * 1024
/** Bytes and files of all steps of one order. */
export const largestOrder = 32 * 1024 * 1024
export const mostFiles = 16
export const longestStepSeconds = 4 * 60 * 60

/** The digest that an escort signs for a step. */
export function stepDigest(salt: Uint8Array, document: StepDocument, sha256: Sha256): Digest {
  return toHex(commitJson('step', salt, document as never, sha256)) // a StepDocument is JSON: strings and integers
}

/**
 * The name of one attempt at one step. It is derived from what was signed, so that the once-marker on the
 * target, the spent-list of the signer and the log speak of the same thing without trusting each other.
 */
export function runIdOf(orderDigest: Digest, step: number, attempt: number, sha256: Sha256): RunId {
  const text = `${orderDigest} ${step} ${attempt}`
  return toHex(sha256(concat(utf8('chaperone/run/v1\0'), utf8(text)))).slice(0, 32)
}

export type StepRefusal = { readonly code: 'step-malformed'; readonly step: number; readonly field: string }

/** The first field of a step that breaks spec/step.md §2, or `undefined`. */
export function malformedStepField(step: StepDocument): string | undefined {
  const { bytes, files } = step
  if (!isId('target', step.target)) return 'target'
  if (!isId('account', step.account)) return 'account'
  if (!['bash', 'powershell', 'sql'].includes(step.interpreter)) return 'interpreter'
  if (!isSize(bytes.length) || bytes.length === 0 || !isId('digest', bytes.sha256)) return 'bytes'
  if (files.length > mostFiles || !files.every(isWellFormedFile)) return 'files'
  if (bytes.length + files.reduce((sum, file) => sum + file.length, 0) > largestStep) return 'size'
  if (step.expected.length > 4096 || !step.expected.isWellFormed()) return 'expected'
  const { maxSeconds } = step
  return Number.isInteger(maxSeconds) && maxSeconds >= 1 && maxSeconds <= longestStepSeconds
    ? undefined
    : 'maxSeconds'
}

function isWellFormedFile(file: StepFile, index: number): boolean {
  const modeKnown = ['0600', '0644', '0700', '0755'].includes(file.mode)
  return file.name === `f${index + 1}` && modeKnown && isSize(file.length) && isId('digest', file.sha256)
}

function isSize(length: number): boolean {
  return Number.isInteger(length) && length >= 0 && length <= largestStep
}
