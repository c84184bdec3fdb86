import { err, fromAscii, ok, type Result } from '@chaperone/encoding'

/** What target-facts.sh printed on a target; whoever is root there can make it say anything. */
export interface TargetFacts {
  readonly account: string
  /** Seconds since 1970 on the target. */
  readonly time: number
  readonly version: string
  readonly uid: string
  readonly shell: string
  /** `sshd -T` for this account, in lower case; a setting that stands several times has several values. */
  readonly sshd: ReadonlyMap<string, readonly string[]>
  /** Lines `type base64 [comment]`. */
  readonly hostKeys: readonly string[]
  readonly authorities: readonly string[]
  readonly principals: readonly string[]
  readonly startFiles: readonly { readonly name: string; readonly owner: string; readonly mode: string }[]
  readonly home: string
  readonly tools: readonly string[]
  readonly marks: string
}

export type TargetFactsRefusal = { readonly code: 'target-facts-malformed'; readonly line: number }

const largest = 256 * 1024

/** Reads the script's output; a word that it does not print, or an end that is missing, refuses all of it. */
export function parseTargetFacts(bytes: Uint8Array): Result<TargetFacts, TargetFactsRefusal> {
  const text = bytes.length > largest ? undefined : fromAscii(bytes)
  const lines = text?.trimEnd().split('\n') ?? []
  const malformed = (line: number) => err({ code: 'target-facts-malformed', line } as const)
  if (lines[0] !== 'chaperone-target-facts 1') return malformed(1)
  if (lines.at(-1) !== 'end') return malformed(lines.length)
  const found = new Map<string, string[]>()
  for (const [i, line] of lines.slice(1, -1).entries()) {
    const [, word = '', value = ''] = /^([a-z-]+) ?(.*)$/.exec(line) ?? []
    if (!words.has(word)) return malformed(i + 2)
    found.set(word, [...(found.get(word) ?? []), value])
  }
  return ok(factsOf((word) => found.get(word) ?? []))
}

const words = new Set(
  'account time version uid shell sshd host-key ca principal home start-file tool marks'.split(' '),
)

function factsOf(all: (word: string) => readonly string[]): TargetFacts {
  const one = (word: string) => all(word)[0] ?? ''
  const sshd = new Map<string, string[]>()
  for (const line of all('sshd')) {
    const [name = '', ...value] = line.split(' ')
    sshd.set(name, [...(sshd.get(name) ?? []), value.join(' ')])
  }
  return {
    account: one('account'),
    time: Number(one('time')),
    version: one('version'),
    uid: one('uid'),
    shell: one('shell'),
    sshd,
    hostKeys: all('host-key'),
    authorities: all('ca'),
    principals: all('principal'),
    startFiles: all('start-file').map((line) => {
      const [owner = '', mode = '', ...name] = line.split(' ')
      return { owner, mode, name: name.join(' ') }
    }),
    home: one('home'),
    tools: all('tool'),
    marks: one('marks'),
  }
}
