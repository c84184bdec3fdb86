import process from 'node:process'
import type { Failure } from '../exit-code.ts'

/** Results on stdout, everything else on stderr; with `--json` both are JSON. */
export interface Printer {
  readonly json: boolean
  /** The result: `value` with `--json`, else `text`. */
  result(value: unknown, text: string): void
  /** What is going on; nobody parses it. */
  note(text: string): void
  failure(failure: Failure): void
}

export function printer(json: boolean): Printer {
  return {
    json,
    result(value, text) {
      process.stdout.write(
        json ? `${JSON.stringify(value)}\n` : text.endsWith('\n') || text === '' ? text : `${text}\n`,
      )
    },
    note(text) {
      if (!json) process.stderr.write(`${text}\n`)
    },
    failure({ code, message, advice, facts }) {
      if (json) process.stderr.write(`${JSON.stringify({ ...facts, code, title: message, advice })}\n`)
      else
        process.stderr.write(
          `chaperone: ${message} (${code})${advice === undefined ? '' : `\n  ${advice}`}\n`,
        )
    },
  }
}
