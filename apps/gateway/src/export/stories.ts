import type { Digest, OrderId, PersonId, RunId } from '@chaperone/encoding'
import { decodeEvent, type Event, type OrderEvent } from '@chaperone/domain'
import { commitmentsOf } from '@chaperone/verify'

/** What the log says of one order that an export has to open. */
export interface Story {
  /** What each commitment is of. */
  readonly commitments: Map<Digest, string>
  readonly steps: Set<Digest>
  /** Runs with a recording. */
  readonly runs: RunId[]
  erasedBy: PersonId | null
}

export interface Withheld {
  readonly what: string
  readonly why: 'other-order' | 'erased' | 'not-stored'
  readonly by: PersonId | null
  readonly count: number
}

/** Gathers, entry by entry, what has to be opened; `only` is the one order that is asked for. */
export interface Stories {
  see(leaf: Uint8Array): void
  chosen(): ReadonlyMap<OrderId, Story>
  /** What is left out because it is another order's. */
  left(): readonly Withheld[]
}

export function stories(only: OrderId | undefined): Stories {
  const chosen = new Map<OrderId, Story>()
  const left = new Map<string, number>()

  function leave(event: OrderEvent): void {
    const kinds = commitmentsOf(event).flatMap(({ kind, first }) => (first ? [kind] : []))
    if (hasRecording(event)) kinds.push('recording')
    for (const kind of kinds) left.set(kind, (left.get(kind) ?? 0) + 1)
  }

  return {
    see(leaf) {
      const decoded = decodeEvent(leaf)
      if (!decoded.ok || !isOrderEvent(decoded.value)) return
      const event = decoded.value
      if (only !== undefined && event.order !== only) return leave(event)
      const story = chosen.get(event.order) ?? noStory()
      chosen.set(event.order, story)
      tell(story, event)
    },
    chosen: () => chosen,
    left: () => [...left].map(([what, count]) => ({ what, why: 'other-order' as const, by: null, count })),
  }
}

function noStory(): Story {
  return { commitments: new Map(), steps: new Set(), runs: [], erasedBy: null }
}

function tell(story: Story, event: OrderEvent): void {
  for (const { commitment, kind } of commitmentsOf(event)) {
    story.commitments.set(commitment, kind)
    if (kind === 'step') story.steps.add(commitment)
  }
  if (hasRecording(event)) story.runs.push(event.run)
  if (event.type === 'erased') story.erasedBy = event.by
}

function hasRecording(event: OrderEvent): event is Extract<OrderEvent, { type: 'run-ended' }> {
  return event.type === 'run-ended' && event.recording !== null
}

function isOrderEvent(event: Event): event is OrderEvent {
  return 'order' in event && event.order !== null && event.type !== 'log-exported'
}
