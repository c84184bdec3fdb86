import { CommanderError } from 'commander'
import { Fault } from '@chaperone/encoding'
import { GatewayProblem } from './gateway.ts'
import { Refused, UsageError } from './refused.ts'

/** What a script learns from us: 0 done, 1 refused, 2 usage, 3 fault, 4 outcome unknown. */
export const exitCodes = { done: 0, refused: 1, usage: 2, fault: 3, unknown: 4 } as const

export interface Failure {
  readonly exit: number
  readonly code: string
  /** What went wrong, and what to do about it. */
  readonly message: string
  readonly advice: string | undefined
  readonly facts: Readonly<Record<string, unknown>>
}

/** What a thrown error means to whoever called us. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refused) {
    const { refusal, message, advice } = error
    return { exit: exitCodes.refused, code: refusal.code, message, advice, facts: refusal }
  }
  if (error instanceof GatewayProblem) return problemFailure(error)
  if (error instanceof UsageError) return usage(error.message)
  if (error instanceof CommanderError) return usage(error.message)
  if (error instanceof Fault) {
    return { exit: exitCodes.fault, code: error.code, message: error.message, advice: undefined, facts: {} }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { exit: exitCodes.fault, code: 'internal-error', message, advice: undefined, facts: {} }
}

function usage(message: string): Failure {
  return { exit: exitCodes.usage, code: 'usage', message, advice: undefined, facts: {} }
}

function problemFailure({ problem, advice, effectUnknown }: GatewayProblem): Failure {
  const exit = effectUnknown ? exitCodes.unknown : problem.status >= 500 ? exitCodes.fault : exitCodes.refused
  return { exit, code: problem.code, message: problem.title, advice, facts: problem }
}
