import { secondsOf, toBase64Url, type Instant } from '@chaperone/encoding'

export interface Challenges {
  /** 32 fresh random bytes that belong to `token`. */
  issue(token: string): Uint8Array
  /** True once, for a challenge that was issued for this token within ten minutes. */
  take(token: string, challenge: string): boolean
}

const lifetime = 10 * 60
const mostAtOnce = 1000

/** Registration challenges, in memory: a restart makes a person press the button again, no more. */
export function challenges(now: () => Instant, random: (length: number) => Uint8Array): Challenges {
  const issued = new Map<string, { readonly token: string; readonly at: number }>()
  return {
    issue(token) {
      const bytes = random(32)
      const oldest = issued.keys().next()
      if (issued.size >= mostAtOnce && oldest.done !== true) issued.delete(oldest.value)
      issued.set(toBase64Url(bytes), { token, at: secondsOf(now()) })
      return bytes
    },
    take(token, challenge) {
      const found = issued.get(challenge)
      if (found?.token !== token) return false
      issued.delete(challenge)
      return secondsOf(now()) - found.at <= lifetime
    },
  }
}
