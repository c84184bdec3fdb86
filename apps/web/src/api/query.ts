import {
  QueryClient,
  useMutation,
  useQuery,
  type QueryKey,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { AnswerOf, Problem, RouteName } from '@chaperone/contract'
import { call, type Input } from './call.ts'

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Problem
  }
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 5_000 }, mutations: { retry: false } },
})

export function keyOf<N extends RouteName>(name: N, input: Input<N>): QueryKey {
  return [name, input.params ?? null, input.query ?? null]
}

/** Throws the problem, as the query cache wants it. */
async function answer<N extends RouteName>(
  name: N,
  input: Input<N>,
  signal?: AbortSignal,
): Promise<AnswerOf<N>> {
  const result = await call(name, input, signal)
  if (result.ok) return result.value
  if (result.error.code === 'not-signed-in' && name !== 'me') {
    void queryClient.invalidateQueries({ queryKey: ['me'] })
  }
  throw result.error
}

interface Asking {
  readonly every?: number | false
  readonly enabled?: boolean
}

/** Reads a route through the cache; asks again every so many milliseconds where that is wanted. */
export function useAnswer<N extends RouteName>(
  name: N,
  input: Input<N>,
  { every = false, enabled = true }: Asking = {},
): UseQueryResult<AnswerOf<N>> {
  return useQuery({
    queryKey: keyOf(name, input),
    queryFn: ({ signal }) => answer(name, input, signal),
    refetchInterval: every,
    enabled,
  }) as UseQueryResult<AnswerOf<N>> // useQuery wraps the data in NoInfer, which a generic name cannot resolve
}

/** Does something, once. `onDone` gets the answer before the mutation settles. */
export function useAct<N extends RouteName>(
  name: N,
  onDone?: (answer: AnswerOf<N>) => void,
): UseMutationResult<AnswerOf<N>, Problem, Input<N>> {
  return useMutation<AnswerOf<N>, Problem, Input<N>>({
    mutationFn: (input) => answer(name, input),
    onSuccess: (value) => onDone?.(value),
  })
}

/** What somebody else may have changed about an order. */
export function orderChanged(order: string): void {
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [name, params] }) =>
      typeof name === 'string' &&
      (lists.has(name) || (ofOrder.has(name) && (params as { order?: string } | null)?.order === order)),
  })
}

const lists = new Set(['inbox', 'myOrders', 'auditLog', 'logStatus'])
const ofOrder = new Set(['review', 'myOrder'])
