import { useEffect, useState } from 'react'
import { eventStreamPath } from '@chaperone/contract'
import { orderChanged, queryClient } from './query.ts'

export type LiveState = 'connecting' | 'live' | 'lost'

/**
 * Listens for "this order changed". The browser reconnects and resumes by itself; what was missed longer ago than the
 * gateway replays is covered by asking for everything again on every new hello.
 */
export function useLive(): LiveState {
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => {
    const stream = new EventSource(eventStreamPath)
    let greeted = false
    stream.addEventListener('hello', () => {
      setState('live')
      if (greeted) void queryClient.invalidateQueries()
      greeted = true
    })
    stream.addEventListener('order', (event: MessageEvent<string>) => orderChanged(orderIn(event.data)))
    stream.addEventListener('error', () => {
      setState('lost')
      // Closed for good means that we are not welcome any more: ask who we are.
      if (stream.readyState === EventSource.CLOSED) void queryClient.invalidateQueries({ queryKey: ['me'] })
    })
    return () => stream.close()
  }, [])
  return state
}

function orderIn(data: string): string {
  try {
    return (JSON.parse(data) as { order?: string }).order ?? ''
  } catch {
    return ''
  }
}
