import type { Classified } from './shape.ts'

/**
 * Says what every word of a command is, what the command does and what it runs. `null` is a word whose value is not
 * known. The program may be a path: its last part is looked up.
 */
export function classify(program: string, words: readonly (string | null)[]): Classified {
  const blank = { role: 'text', explanation: '' }
  return {
    entry: undefined,
    tier: 'unknown',
    subcommand: [],
    says: '',
    words: [{ role: 'program', explanation: '' }, ...words.slice(1).map(() => blank)],
    effects: [],
    nested: [],
    unknownOptions: [],
    level: program === '' ? undefined : 'high-impact',
  }
}
