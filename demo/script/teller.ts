/** Tells the story on the console, and keeps what was not as it should be. */
export interface Teller {
  stage(title: string): void
  /** A piece of evidence. */
  show(label: string, value: string | number): void
  /** Something that must hold. */
  expect(claim: string, holds: boolean): void
  /** An attempt that must be refused, with the code that refused it. */
  refused(attempt: string, by: string, code: string | undefined, expected: string): void
  /** What did not hold, in the order in which it was found. */
  readonly wrong: readonly string[]
}

const labelWidth = 30

export function teller(write: (text: string) => void): Teller {
  const began = performance.now()
  const wrong: string[] = []
  let stages = 0
  let title = ''

  function line(mark: string, label: string, value: string): void {
    write(`  ${mark} ${label.padEnd(labelWidth)} ${value}\n`)
  }

  return {
    wrong,
    stage(name) {
      title = name
      stages++
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      write(`\n${String(stages).padStart(2)}  ${name} (at ${seconds} s)\n`)
    },
    show: (label, value) => line(' ', label, String(value)),
    expect(claim, holds) {
      write(`  ${holds ? '✓' : '✗'} ${claim}\n`)
      if (!holds) wrong.push(`${title}: ${claim}`)
    },
    refused(attempt, by, code, expected) {
      const right = code === expected
      write(`  ${right ? '✓' : '✗'} ${attempt}\n`)
      line(' ', `  refused by ${by}`, code ?? 'NOT REFUSED')
      if (!right)
        wrong.push(`${title}: ${attempt}: ${by} should refuse with ${expected}, not ${code ?? 'let it pass'}`)
    },
  }
}
