import { createContext, useContext, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react'
import type { Instant } from '@chaperone/encoding'
import { formatInstant, type TimeZoneChoice } from './format-time.ts'

interface Clock {
  readonly choice: TimeZoneChoice
  readonly choose: (choice: TimeZoneChoice) => void
}

const ClockContext = createContext<Clock>({ choice: 'mine', choose: () => undefined })
const storageKey = 'chaperone-times'

export function ClockProvider({ children }: { readonly children: ReactNode }) {
  const [choice, setChoice] = useState<TimeZoneChoice>(remembered)
  const clock = useMemo(
    () => ({
      choice,
      choose: (next: TimeZoneChoice) => {
        localStorage.setItem(storageKey, next)
        setChoice(next)
      },
    }),
    [choice],
  )
  return <ClockContext value={clock}>{children}</ClockContext>
}

function remembered(): TimeZoneChoice {
  const stored = localStorage.getItem(storageKey)
  return stored === 'utc' || stored === 'target' ? stored : 'mine'
}

export function useClock(): Clock {
  return useContext(ClockContext)
}

/** A moment in the chosen zone; the other spelling is in the title. */
export function Time({ at, seconds = false }: { readonly at: Instant; readonly seconds?: boolean }) {
  const { choice } = useClock()
  return (
    <time dateTime={at} title={at}>
      {formatInstant(at, choice, seconds)}
    </time>
  )
}

const listeners = new Set<() => void>()
let now = Date.now()
let offset = 0

/** The gateway's clock decides deadlines, so ours is shown as far off as it is. */
export function setServerTime(at: Instant): void {
  offset = Date.parse(at) - Date.now()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (listeners.size === 1) tick()
  return () => listeners.delete(listener)
}

function tick(): void {
  if (listeners.size === 0) return
  now = Date.now()
  for (const listener of listeners) listener()
  setTimeout(tick, 1000)
}

/** Milliseconds since 1970 by the gateway's clock, renewed every second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now) + offset
}
