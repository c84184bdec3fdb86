import {
  analyseStep,
  engine,
  firstSession,
  knowledge,
  type Analysis,
  type Session,
} from '@chaperone/analysis'
import { fromUtf8 } from '@chaperone/encoding'
import type { DeclaredEffect } from '@chaperone/domain'
import type { StepRequest } from './submit-order.ts'

/** What of a step can be told from its text and its files. */
export type StepToAnalyse = Pick<StepRequest, 'target' | 'account' | 'interpreter' | 'bytes' | 'files'>

/**
 * Says what steps do. Every implementation must hold to this (`analystContract` checks it):
 * - one analysis for each step, in their order; each sees what those before it left on its target;
 * - it resolves for whatever stands in the bytes, and what could not be analysed is `opaque`;
 * - nothing is kept.
 * Whoever controls it can make a dangerous step look harmless; it can decide and run nothing.
 */
export interface Analyst {
  analyse(steps: readonly StepToAnalyse[], declared: readonly DeclaredEffect[]): Promise<readonly Analysis[]>
}

/** Each step after those before it on the same target, under the same account; those in `skip` are passed over. */
export function* analyseInOrder(
  steps: readonly StepToAnalyse[],
  declared: readonly DeclaredEffect[],
  skip: ReadonlySet<number> = new Set(),
): Generator<readonly [step: number, analysis: Analysis], void> {
  const sessions = new Map<string, Session>()
  for (const [i, { target, account, interpreter, bytes, files }] of steps.entries()) {
    if (skip.has(i)) continue
    const key = `${target} ${account}`
    const session = sessions.get(key) ?? firstSession(account)
    const carried = files.map(({ content }, place) => ({ name: `f${place + 1}`, content }))
    const step = analyseStep(interpreter, bytes, { session, declared, files: carried })
    sessions.set(key, step.session)
    yield [i, step.analysis]
  }
}

/** An analyst without a deadline, for where nobody else waits. */
export const analystHere: Analyst = {
  analyse: (steps, declared) =>
    Promise.resolve([...analyseInOrder(steps, declared)].map(([, analysis]) => analysis)),
}

export type NotAnalysed = 'analysis-timed-out' | 'analysis-failed'

const whats: Readonly<Record<NotAnalysed, string>> = {
  'analysis-timed-out': 'the analysis took too long and was ended',
  'analysis-failed': 'the analysis failed',
}

/** What is said of a step whose analysis did not come to an end. */
export function unanalysed({ bytes }: Pick<StepToAnalyse, 'bytes'>, reason: NotAnalysed): Analysis {
  const span = { start: 0, end: (fromUtf8(bytes) ?? '').length }
  const what = whats[reason]
  return {
    engine,
    knowledge,
    level: 'opaque',
    summary: `What this step does cannot be told from its text. It cannot be known from here: ${what}`,
    commands: [],
    effects: [],
    findings: [],
    words: { total: 0, explained: 0 },
    explained: [],
    opaque: [{ reason, span }],
    layers: [],
    unknown: [{ what, remedy: 'ask for smaller steps, or read the whole text', span }],
    undeclared: [],
    questions: [],
  }
}
