import { readFileSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { Option, type Command } from 'commander'
import { analyse, analyseText, type Analysis, type Declared } from '@chaperone/analysis'
import { exitCodes } from '../exit-code.ts'
import { analysisText } from '../printing/analysis-text.ts'
import type { Printer } from '../printing/printer.ts'
import { UsageError } from '../refused.ts'

interface Options {
  readonly interpreter: string
  readonly command?: string
  readonly jsonl?: boolean
  readonly explain?: boolean
  readonly declared: readonly Declared[]
}

export function addAnalyse(program: Command, print: Printer): void {
  program
    .command('analyse')
    .description('Say what a command does: effects, dangers, what cannot be known (exit 1 when it alarms)')
    .argument('[file]', 'the text; `-` or nothing reads standard input')
    .option('-c, --command <text>', 'the text itself')
    .addOption(new Option('--interpreter <name>', 'bash, sh, powershell or sql').default('bash'))
    .option('--explain', 'say what every word is')
    .option(
      '--declared <type:place>',
      'an effect that is expected; others are marked (repeatable)',
      collect,
      [],
    )
    .option('--jsonl', 'read one JSON object a line, {id, shell, command}; print one a line, in order')
    .action(async (file: string | undefined, options: Options) => {
      if (options.jsonl === true) {
        await analyseLines()
        return
      }
      const bytes = options.command === undefined ? read(file) : Buffer.from(options.command)
      const { declared } = options
      const analysis = analyse(options.interpreter, bytes, declared.length === 0 ? {} : { declared })
      print.result(analysis, analysisText(analysis, bytes.toString(), options.explain === true))
      process.exitCode = alarms(analysis) ? exitCodes.refused : exitCodes.done
    })
}

const alarms = ({ level }: Analysis): boolean => level === 'stop' || level === 'opaque'

function collect(text: string, before: readonly Declared[]): readonly Declared[] {
  const colon = text.indexOf(':')
  const effect = colon < 0 ? text : text.slice(0, colon)
  return [...before, { effect, place: colon < 0 ? '' : text.slice(colon + 1) }]
}

function read(file: string | undefined): Buffer {
  try {
    return readFileSync(file === undefined || file === '-' ? 0 : file)
  } catch (cause) {
    throw new UsageError(`cannot read \`${file ?? 'standard input'}\`: ${(cause as Error).message}`)
  }
}

const interpreters: Readonly<Record<string, string>> = {
  bash: 'bash',
  sh: 'sh',
  powershell: 'powershell',
  cmd: 'cmd',
}

/** The form that other programs read; one line in gives one line out. */
async function analyseLines(): Promise<void> {
  let pending: string[] = []
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue
    pending.push(JSON.stringify(analyseLine(line)))
    if (pending.length < 256) continue
    process.stdout.write(`${pending.join('\n')}\n`)
    pending = []
  }
  if (pending.length > 0) process.stdout.write(`${pending.join('\n')}\n`)
}

function analyseLine(line: string): unknown {
  const { id, shell, command } = parseLine(line)
  const { analysis } = analyseText(interpreters[shell] ?? shell, command)
  const { level, commands, effects, findings, words, opaque, summary } = analysis
  return { id, level, commands, effects, findings, words, opaque, summary }
}

function parseLine(line: string): { readonly id: unknown; readonly shell: string; readonly command: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new UsageError('a line is not JSON')
  }
  const { id, shell = 'bash', command } = parsed as { id?: unknown; shell?: unknown; command?: unknown }
  if (typeof command !== 'string' || typeof shell !== 'string')
    throw new UsageError('a line has no `command`')
  return { id: id ?? null, shell, command }
}
