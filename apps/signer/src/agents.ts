import type { RunId } from '@chaperone/encoding'
import type { OneShotAgent, OneShotLogin } from './one-shot-agent.ts'

export type ServeAgent = (
  login: OneShotLogin,
  gone: () => void,
) => Promise<OneShotAgent & { readonly path: string }>

/** The agents that wait for their login, and the runs that are to have none any more. */
export interface Agents {
  isClosed(run: RunId): boolean
  /** The socket's path, or `undefined` when it was closed before it was served. */
  serve(run: RunId, login: OneShotLogin): Promise<string | undefined>
  /** Closes the run's agent now or, where it is yet to come, as soon as it does. It only ever closes. */
  close(run: RunId): void
}

// Whoever asks for more than this to be closed only forgets what they asked for first.
const mostClosed = 10_000

export function agents(serveAgent: ServeAgent): Agents {
  const open = new Map<RunId, OneShotAgent>()
  const closed = new Set<RunId>()
  return {
    isClosed: (run) => closed.has(run),
    async serve(run, login) {
      const agent = await serveAgent(login, () => open.delete(run))
      if (closed.has(run)) {
        agent.close()
        return undefined
      }
      open.set(run, agent)
      return agent.path
    },
    close(run) {
      closed.delete(run)
      closed.add(run)
      for (const oldest of closed) {
        if (closed.size <= mostClosed) break
        closed.delete(oldest)
      }
      open.get(run)?.close()
    },
  }
}
