/** Whether what runs is more than what is typed without its quotes. */
export function runsDifferently(typed: readonly string[] | null, argv: readonly (string | null)[]): boolean {
  if (typed === null) return false
  if (argv.includes(null) || typed.length !== argv.length) return true
  return typed.some((word, i) => unquoted(word) !== unquoted(argv[i] ?? ''))
}

const unquoted = (word: string): string => word.replaceAll(/['"\\]/g, '')
