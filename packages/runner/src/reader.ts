import { err, fromAscii, isId, ok, concat, type Digest, type Result, type RunId } from '@chaperone/encoding'

/** What the runner says on its standard output (spec/runner.md §3). */
export type RunnerRecord =
  | { readonly kind: 'hello' }
  | {
      readonly kind: 'start'
      readonly run: RunId
      readonly sha256: Digest
      readonly targetTime: number
      readonly variant: 'perl' | 'bash'
    }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  /** Still there when the step's own process had ended; the runner ended them. */
  | { readonly kind: 'left'; readonly pids: readonly number[] }
  /** It could not end these. */
  | { readonly kind: 'remain'; readonly pids: readonly number[] }
  | { readonly kind: 'end'; readonly end: RunnerEnd }
  | { readonly kind: 'not-started'; readonly reason: string }

export type RunnerEnd =
  | { readonly how: 'exit'; readonly exit: number }
  | { readonly how: 'signal'; readonly signal: number }
  | {
      readonly how: 'killed'
      readonly reason: 'asked' | 'deadline' | 'lifeline'
      /** The runner knows that nothing of the step is left. */
      readonly confirmed: boolean
      readonly survivors: readonly number[]
    }

export type RunnerRefusal = { readonly code: 'runner-output-malformed'; readonly what: string }

const longestLine = 64 * 1024
const largestPiece = 65_536

/**
 * Reads the runner's output as it arrives. Everything is bounded and in one order: hello, then start or not-started,
 * output, at most one end, nothing after it. The first thing out of order ends the reading for good.
 */
export class RunnerReader {
  #buffer: Uint8Array = new Uint8Array(0)
  #output: { readonly stream: 'stdout' | 'stderr'; left: number } | undefined
  #state: 'hello' | 'begin' | 'running' | 'over' | 'broken' = 'hello'

  /** The records that these bytes complete. Output arrives in as many pieces as the bytes did. */
  push(bytes: Uint8Array): Result<readonly RunnerRecord[], RunnerRefusal> {
    if (this.#state === 'broken') return this.#refuse('after-refusal')
    this.#buffer = this.#buffer.length === 0 ? bytes : concat(this.#buffer, bytes)
    const records: RunnerRecord[] = []
    while (this.#buffer.length > 0) {
      const record = this.#output === undefined ? this.#line() : this.#piece(this.#output)
      if (record === 'more') break
      if (typeof record === 'string') return this.#refuse(record)
      if (record !== undefined) records.push(record)
    }
    return ok(records)
  }

  #refuse(what: string): Result<never, RunnerRefusal> {
    this.#state = 'broken'
    return err({ code: 'runner-output-malformed', what })
  }

  #piece(output: { readonly stream: 'stdout' | 'stderr'; left: number }): RunnerRecord {
    const bytes = this.#buffer.slice(0, output.left)
    this.#buffer = this.#buffer.subarray(bytes.length)
    output.left -= bytes.length
    if (output.left === 0) this.#output = undefined
    return { kind: 'output', stream: output.stream, bytes }
  }

  #line(): RunnerRecord | undefined | string {
    const end = this.#buffer.indexOf(0x0a)
    if (end < 0) return this.#buffer.length > longestLine ? 'line-too-long' : 'more'
    const line = end > longestLine ? undefined : fromAscii(this.#buffer.subarray(0, end))
    this.#buffer = this.#buffer.subarray(end + 1)
    if (line === undefined) return 'line-not-text'
    return this.#record(line)
  }

  #record(line: string): RunnerRecord | undefined | string {
    switch (this.#state) {
      case 'hello':
        if (line !== 'chaperone-runner 1') return 'no-hello'
        this.#state = 'begin'
        return { kind: 'hello' }
      case 'begin':
        return this.#begin(line)
      case 'running':
        return this.#running(line)
      default:
        return 'after-end'
    }
  }

  #begin(line: string): RunnerRecord | string {
    const refused = /^not-started ([a-z-]{1,64})$/.exec(line)?.[1]
    if (refused !== undefined) {
      this.#state = 'over'
      return { kind: 'not-started', reason: refused }
    }
    const [word, run = '', sha256 = '', time = '', variant] = line.split(' ')
    const shaped = word === 'start' && isId('run', run) && isId('digest', sha256) && /^\d{1,12}$/.test(time)
    if (!shaped || (variant !== 'perl' && variant !== 'bash')) return 'no-start'
    this.#state = 'running'
    return { kind: 'start', run, sha256, targetTime: Number(time), variant }
  }

  #running(line: string): RunnerRecord | undefined | string {
    const output = /^([OE]) ([1-9]\d{0,5})$/.exec(line)
    if (output !== null) {
      const left = Number(output[2])
      if (left > largestPiece) return 'piece-too-large'
      this.#output = { stream: output[1] === 'O' ? 'stdout' : 'stderr', left }
      return undefined
    }
    const named = /^(left|remain)((?: \d{1,10})+)$/.exec(line)
    if (named !== null) return { kind: named[1] === 'left' ? 'left' : 'remain', pids: pidsIn(named[2]) }
    const end = parseEnd(line)
    if (end === undefined) return 'unknown-record'
    this.#state = 'over'
    return { kind: 'end', end }
  }
}

function parseEnd(line: string): RunnerEnd | undefined {
  const plain = /^end (exit|signal) (\d{1,3})$/.exec(line)
  if (plain !== null) {
    const number = Number(plain[2])
    if (number > 255) return undefined
    return plain[1] === 'exit' ? { how: 'exit', exit: number } : { how: 'signal', signal: number }
  }
  const killed =
    /^end killed (asked|deadline|lifeline) (confirmed|unconfirmed|survivors((?: \d{1,10})+))$/.exec(line)
  if (killed === null) return undefined
  const reason = killed[1] as 'asked' | 'deadline' | 'lifeline' // one of the three the pattern allows
  return { how: 'killed', reason, confirmed: killed[2] === 'confirmed', survivors: pidsIn(killed[3]) }
}

function pidsIn(text = ''): readonly number[] {
  return text === '' ? [] : text.trim().split(' ').map(Number)
}
