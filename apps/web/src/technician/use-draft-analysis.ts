import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo } from 'react'
import type { Analysis, Problem } from '@chaperone/contract'
import { call } from '../api/call.ts'
import type { Draft } from './draft.ts'
import { analysableSteps, analysisDraft } from './draft-analysis.ts'

const quietMilliseconds = 700

export interface DraftAnalyses {
  /** By the key of the step, as it was when it was last asked. */
  readonly of: ReadonlyMap<string, Told>
  readonly problem: Problem | null
}

export interface Told {
  readonly analysis: Analysis
  /** The bytes that it is about, in base64. */
  readonly bytes: string
}

/** What the steps of a draft would do, asked again when the typing pauses. */
export function useDraftAnalysis(draft: Draft): DraftAnalyses {
  const [settled] = useDebouncedValue(draft, quietMilliseconds)
  const steps = useMemo(() => analysableSteps(settled), [settled])
  const body = useMemo(() => analysisDraft(steps, settled.effects), [steps, settled.effects])
  const asked = useQuery<ReadonlyMap<string, Told>>({
    queryKey: ['analyse', body, steps.map(({ key }) => key)],
    queryFn: async ({ signal }) => {
      const answer = await call('analyse', { body }, signal)
      if (!answer.ok) throw answer.error
      const told = answer.value.analyses.flatMap((analysis, i) => {
        const [key, bytes] = [steps[i]?.key, body.steps[i]?.bytes]
        return key === undefined || bytes === undefined ? [] : [[key, { analysis, bytes }] as const]
      })
      return new Map(told)
    },
    enabled: steps.length > 0,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  })
  return { of: steps.length > 0 ? (asked.data ?? new Map()) : new Map(), problem: asked.error }
}
