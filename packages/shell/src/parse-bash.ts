import { parse } from 'unbash'
import { convertScript, deepest } from './convert-script.ts'
import type { Parsed, SyntaxError } from './tree.ts'

/** Beyond these a text is not read: it comes back with an error, and nobody may call it understood. */
export const limits = { units: 1024 * 1024, depth: deepest, braceWords: 1024 } as const

/**
 * Reads shell text to one tree. It never throws: what is wrong, in the text or in any script nested in it, is listed,
 * and the tree is as much as could be read. `sh` is read as bash, which accepts more: what only bash would
 * expand is expanded, since nobody can tell from the text which shell `sh` is.
 */
export function parseBash(text: string): Parsed {
  const whole = { start: 0, end: text.length }
  const empty = { kind: 'script', statements: [], span: whole } as const
  if (text.length > limits.units)
    return { script: empty, errors: [{ kind: 'limit', message: 'too long to be read', span: whole }] }
  const errors: SyntaxError[] = []
  try {
    const script = convertScript(parse(text), {
      text,
      offset: 0,
      fixed: undefined,
      depth: 0,
      errors,
      limits,
      script: convertScript,
    })
    return { script, errors }
  } catch {
    // Whatever the parser trips over: an unread text is an error, never a crash of the one who asked.
    return { script: empty, errors: [...errors, { kind: 'syntax', message: 'cannot be read', span: whole }] }
  }
}
