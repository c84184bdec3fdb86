import { asFault } from '../postgres/database/failure.ts'

/**
 * The same port, whose methods throw `Fault`s for what the database throws: `store-unavailable` where it is away.
 * Reads and writes of no consequence take effect or do not matter, so that trying again is always right.
 */
export function withFaults<T extends object>(port: T): T {
  const methods = Object.entries(port).map(
    ([name, method]: [string, (...args: unknown[]) => Promise<unknown>]) => [
      name,
      async (...args: unknown[]) => {
        try {
          return await method.apply(port, args)
        } catch (failure) {
          throw asFault(failure, true)
        }
      },
    ],
  )
  return Object.fromEntries(methods) as T
}
