import { readFileSync } from 'node:fs'
import process from 'node:process'
import { analyseText } from '@chaperone/analysis'
import { parseBash } from '@chaperone/shell'
import { quantile } from './measure/interleaved.ts'

/**
 * Analysis of single commands, warm, beside parsing alone, in turns in one process: both take the same machine as it is
 * at that moment, so their ratio means something even where others use it too.
 */
const rounds = Number(process.argv[2] ?? 8)
const warmUp = 4
const bars = { p50: 0.3, p99: 10, perSecond: 8000, ratio: 15 }
const kinds = ['routine', 'sensitive', 'hard-benign', 'dual', 'strong', 'evasions']

const commands = kinds.flatMap((kind) =>
  readFileSync(new URL(`../packages/analysis/samples/${kind}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly command: string }).command),
)

const analysed = measured()
const parsed = measured()

for (let round = 0; round < rounds + warmUp; round += 1) {
  const warm = round >= warmUp
  takeTurn(analysed, warm, (command) => analyseText('bash', command))
  takeTurn(parsed, warm, (command) => parseBash(command))
}

const results = { 'parsing alone': parsed, 'full analysis': analysed }
for (const [name, { times, seconds }] of Object.entries(results)) {
  const figures = [quantile(times, 0.5), quantile(times, 0.99), Math.max(...times)]
  const shown = figures.map((value) => `${value.toFixed(3)} ms`.padStart(12)).join('')
  console.log(
    `${name.padEnd(16)}${shown}${`${Math.round(times.length / seconds.total)} a second on one core`.padStart(32)}`,
  )
}
const ratio = analysed.seconds.total / parsed.seconds.total
const rate = analysed.times.length / analysed.seconds.total
console.log(
  `${commands.length} commands, ${rounds} rounds; full analysis takes ${ratio.toFixed(1)} times as long as parsing`,
)

const held = {
  [`p50 below ${bars.p50} ms`]: quantile(analysed.times, 0.5) < bars.p50,
  [`p99 below ${bars.p99} ms`]: quantile(analysed.times, 0.99) < bars.p99,
  [`at least ${bars.perSecond} a second`]: rate >= bars.perSecond,
  [`at most ${bars.ratio} times the time of parsing`]: ratio <= bars.ratio,
}
for (const [bar, is] of Object.entries(held)) console.log(`${is ? 'held  ' : 'MISSED'}  ${bar}`)
if (Object.values(held).includes(false)) process.exitCode = 1

interface Measured {
  readonly times: number[]
  readonly seconds: { total: number }
}

function measured(): Measured {
  return { times: [], seconds: { total: 0 } }
}

/** Each command by the clock, the whole turn by what the processor did for it: others use the machine too. */
function takeTurn({ times, seconds }: Measured, counts: boolean, run: (command: string) => unknown): void {
  const before = process.cpuUsage()
  const taken = commands.map((command) => {
    const started = performance.now()
    run(command)
    return performance.now() - started
  })
  const { user, system } = process.cpuUsage(before)
  if (!counts) return
  times.push(...taken)
  seconds.total += (user + system) / 1e6
}
