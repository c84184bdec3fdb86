import { useState } from 'react'
import type { Problem, Review, RunView } from '@chaperone/contract'
import { queryClient, useAct, keyOf } from '../api/query.ts'
import { call } from '../api/call.ts'
import { needsConfirmation } from '../parts/words.ts'
import { stepsToAllow } from './order-progress.ts'
import { useSigning, type Signing } from './use-signing.ts'

/** What an escort can do with an order, and what they have confirmed so far. */
export interface Decisions {
  /** Who looks at it. */
  readonly person: string
  readonly signing: Signing
  readonly problem: Problem | null
  readonly busy: boolean
  /** Digests of the steps that were confirmed singly; a changed step has another digest. */
  readonly understood: ReadonlySet<string>
  readonly setUnderstood: (digest: string, understood: boolean) => void
  readonly claim: () => void
  readonly allow: (steps: readonly number[]) => void
  readonly forbid: () => Promise<void>
  readonly stop: (run: RunView) => void
  readonly freeze: () => void
}

export function useDecisions(review: Review, person: string): Decisions {
  const { order, version } = review
  const params = { order }
  const shown = (changed: Review) => queryClient.setQueryData(keyOf('review', { params }), changed)
  const claim = useAct('claimOrder', shown)
  const hold = useAct('forbid', shown)
  const kill = useAct('kill', shown)
  const freeze = useAct('freeze', shown)
  const signing = useSigning(review)
  const [understood, setUnderstood] = useState<ReadonlySet<string>>(new Set())
  return {
    person,
    signing,
    problem: claim.error ?? hold.error ?? kill.error ?? freeze.error ?? signing.problem,
    busy: [claim, hold, kill, freeze].some(({ isPending }) => isPending) || signing.busy,
    understood,
    setUnderstood: (digest, yes) =>
      setUnderstood(new Set([...understood].filter((one) => one !== digest).concat(yes ? [digest] : []))),
    claim: () => claim.mutate({ params, body: { version } }),
    allow: (steps) => void signing.sign({ kind: 'allow', version, steps: [...steps] }),
    forbid: async () => {
      // Held first, so that nothing starts while the desk waits for the touch. Who holds no claim can still sign.
      const held = await call('forbid', { params, body: { version } })
      if (held.ok) shown(held.value)
      await signing.sign({ kind: 'forbid', version, steps: review.steps.map(({ step }) => step) })
    },
    stop: (run) => kill.mutate({ params: { order, run: run.run } }),
    freeze: () => freeze.mutate({ params, body: { version } }),
  }
}

/** Steps of this part that must still be confirmed singly before all of it can be allowed. */
export function unconfirmedSteps(
  review: Review,
  part: 'work' | 'rollback',
  { understood, person }: Pick<Decisions, 'understood' | 'person'>,
): readonly number[] {
  return stepsToAllow(review, part, person)
    .filter(({ analysis, digest }) => needsConfirmation(analysis.level) && !understood.has(digest))
    .map(({ step }) => step)
}
