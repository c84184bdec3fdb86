import type { Instant } from '@chaperone/encoding'

export type TimeZoneChoice = 'mine' | 'target' | 'utc'

/** A moment for people, always with its zone. No target states its zone yet, so `target` is spelt in UTC. */
export function formatInstant(at: Instant, choice: TimeZoneChoice, seconds: boolean): string {
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(choice === 'mine' ? {} : { timeZone: 'UTC' }),
  }
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(at))
}

/** `1 h 05 min`, `4 min 10 s`, `12 s`; the largest two units that matter. */
export function formatDuration(totalSeconds: number): string {
  const seconds = Math.max(0, Math.floor(totalSeconds))
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const two = (value: number) => String(value).padStart(2, '0')
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${two(minutes)} min`
  if (minutes > 0) return `${minutes} min ${two(seconds % 60)} s`
  return `${seconds} s`
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`
  return `${(bytes / (1024 * 1024)).toFixed(1)} MiB`
}

/** For `<input type="datetime-local">`: local time without a zone. */
export function toLocalInput(at: Instant): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The instant of such an input, or `undefined` while it is incomplete. */
export function fromLocalInput(text: string): Instant | undefined {
  const time = new Date(text).getTime()
  if (Number.isNaN(time)) return undefined
  return new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}
