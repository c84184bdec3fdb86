import { problems, type ProblemCode } from '@chaperone/contract'

/** A refusal's code with its facts. */
export interface Refusal {
  readonly code: string
  readonly [fact: string]: unknown
}

/** Thrown for what was decided against; the edge prints it and exits with 1. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: Refusal
  readonly advice: string | undefined

  constructor(refusal: Refusal, message?: string, advice?: string) {
    super(message ?? titleOf(refusal.code))
    this.refusal = refusal
    this.advice = advice ?? adviceOf(refusal.code)
  }
}

/** Thrown for a command line that cannot be carried out as it stands; exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code)
}

export function titleOf(code: string): string {
  return isKnown(code) ? problems[code].title : code
}

export function adviceOf(code: string): string | undefined {
  return isKnown(code) ? problems[code].advice : undefined
}
