import { invariant, isId, toBase64, utf8, type Digest, type RunId } from '@chaperone/encoding'
import { runnerScript } from './source.ts'

/** What the certificate's force-command fixes about one run (spec/runner.md §1). */
export interface RunnerOrder {
  readonly run: RunId
  readonly bytes: { readonly length: number; readonly sha256: Digest }
  /** In the order in which they follow the step's bytes on stdin. */
  readonly files: readonly { readonly mode: string; readonly length: number; readonly sha256: Digest }[]
  /** The runner refuses to start from this second on; seconds since 1970. */
  readonly notAfter: number
  readonly maxSeconds: number
  /** It ends the step when it hears nothing for longer. */
  readonly silenceSeconds: number
}

const script = toBase64(utf8(runnerScript))

/**
 * One line that any login shell (bash, dash, fish, tcsh) hands to bash unchanged: single quotes around letters that
 * none of them reads, and arguments that are narrow words.
 */
export function forceCommand(order: RunnerOrder): string {
  const { run, bytes, files, notAfter, maxSeconds, silenceSeconds } = order
  invariant(isId('run', run), 'a run id is 32 hex digits')
  const pieces = [bytes, ...files]
  invariant(
    pieces.every((piece) => isId('digest', piece.sha256)),
    'a digest is 64 hex digits',
  )
  invariant(
    files.every((file) => /^0[67][0-7]{2}$/.test(file.mode)),
    'a mode is four octal digits',
  )
  const numbers = [...pieces.map((piece) => piece.length), notAfter, maxSeconds, silenceSeconds]
  invariant(
    numbers.every((number) => Number.isSafeInteger(number) && number >= 0),
    'numbers are whole',
  )
  const words = [run, bytes.length, bytes.sha256, notAfter, maxSeconds, silenceSeconds]
  for (const file of files) words.push(file.mode, file.length, file.sha256)
  // A pipe and no here-string: older bashes write those to a disk that may be full.
  const decode = `eval "$(printf %s ${script} | /usr/bin/base64 -d)"`
  return `exec /usr/bin/env -i /bin/bash --noprofile --norc -c '${decode}' chaperone ${words.join(' ')}`
}
