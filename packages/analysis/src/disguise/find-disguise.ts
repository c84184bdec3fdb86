import type { Finding, Opaque } from '../analysis.ts'

export interface Disguise {
  readonly findings: readonly Finding[]
  readonly opaque: readonly Opaque[]
}

// Bidirectional controls, zero-width and tag characters change what is seen and not what runs (CVE-2021-42574).
const invisible =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]|[\u{e0000}-\u{e007f}]/gu
// A terminal takes these for orders: they hide or rewrite what stands around them.
const controls = /\r(?!\n)|[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g
const spaces = /[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g
const pushedAside = /[ \t]{60,}(?=\S)/g
const longBlank = ' '.repeat(30)
const crlf = /\r\n/g
const nulls = /\u0000/g
/** A word with letters of two scripts, or of one that imitates Latin. */
const words = /[\p{L}\p{N}_./-]+/gu
const latin = /\p{Script=Latin}/u
const lookAlike =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\uff01-\uff5e\u{1d400}-\u{1d7ff}]/u
const path = /^[./]*[\p{L}\p{N}_.-]*\/|^\S+$/u

const nothing: Disguise = { findings: [], opaque: [] }
const plainText = /^[\t\n\x20-\x7e]*$/

/** Finds text that shows as something else than what runs. */
export function findDisguise(text: string): Disguise {
  if (plainText.test(text) && !text.includes(longBlank)) return nothing
  const stop = (pattern: RegExp, message: string) =>
    Array.from(text.matchAll(pattern), (match) => finding(match.index, match[0].length, message))
  const findings = [
    ...stop(invisible, 'an invisible character changes how the text is shown, not what runs'),
    ...stop(controls, 'a control character can hide or rewrite what a terminal shows'),
    ...stop(
      spaces,
      'something that looks like a blank is not one: the shell reads one word where two are seen',
    ),
    ...stop(pushedAside, 'a long run of blanks pushes what follows out of sight'),
    ...lookAlikes(text),
  ]
  const opaque = [
    ...Array.from(text.matchAll(crlf), (match) => ({
      reason: 'carriage-returns',
      span: { start: match.index, end: match.index + 1 },
    })).slice(0, 1),
    ...Array.from(text.matchAll(nulls), (match) => ({
      reason: 'not-text',
      span: { start: match.index, end: match.index + 1 },
    })).slice(0, 1),
  ]
  return { findings: findings.slice(0, 100), opaque }
}

function finding(start: number, length: number, message: string): Finding {
  return {
    rule: 'disguised-text',
    level: 'stop',
    message,
    techniques: ['T1036', 'T1027'],
    span: { start, end: start + length },
  }
}

function lookAlikes(text: string): readonly Finding[] {
  if (!lookAlike.test(text)) return []
  return Array.from(text.matchAll(words)).flatMap((match) => {
    const word = match[0]
    if (!lookAlike.test(word) || !path.test(word)) return []
    return latin.test(word) || word.includes('/')
      ? [
          finding(
            match.index,
            word.length,
            'a word is written with letters that only look like the usual ones',
          ),
        ]
      : []
  })
}
