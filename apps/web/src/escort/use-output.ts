import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import type { Output, RunView } from '@chaperone/contract'
import { call } from '../api/call.ts'

export type Captured = Pick<Output, 'frames' | 'complete' | 'next'>

/** More than this is not held in a page; the rest stays captured on the server. */
export const mostFrameText = 8 * 1024 * 1024

/** Everything a run has put out; while it runs, what is new is asked for every second. */
export function useOutput(order: string, run: RunView, enabled = true): UseQueryResult<Captured> {
  const client = useQueryClient()
  const queryKey = ['captured', order, run.run]
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => fetchRest(order, run.run, client.getQueryData<Captured>(queryKey), signal),
    enabled,
    staleTime: (query) => (query.state.data?.complete === true ? Infinity : 0),
    refetchInterval: ({ state }) => (state.data?.complete === true || isFull(state.data) ? false : 1000),
    structuralSharing: false,
  })
}

async function fetchRest(
  order: string,
  run: string,
  known: Captured = { frames: [], complete: false, next: 0 },
  signal: AbortSignal,
): Promise<Captured> {
  let captured = known
  for (;;) {
    const answer = await call('output', { params: { order, run }, query: { from: captured.next } }, signal)
    if (!answer.ok) throw answer.error
    const { frames, complete, next } = answer.value
    const stuck = next === captured.next
    captured = { frames: [...captured.frames, ...frames], complete, next }
    if (complete || stuck || isFull(captured)) return captured
  }
}

export function isFull(captured: Captured | undefined): boolean {
  return (captured?.frames ?? []).reduce((sum, frame) => sum + frame.bytes.length, 0) > mostFrameText
}
