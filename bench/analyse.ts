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

const analysed = commands.map((): number[] => [])
const parsed = commands.map((): number[] => [])

for (let round = 0; round < rounds + warmUp; round += 1) {
  const warm = round >= warmUp
  takeTurn(analysed, warm, (command) => analyseText('bash', command))
  takeTurn(parsed, warm, (command) => parseBash(command))
}

const perSecond = { parsed: rateOf(parsed), analysed: rateOf(analysed) }
print('parsing alone', parsed, perSecond.parsed)
print('full analysis', analysed, perSecond.analysed)
const ratio = perSecond.parsed / perSecond.analysed
console.log(
  `${commands.length} commands, ${rounds} rounds; full analysis takes ${ratio.toFixed(1)} times as long as parsing`,
)

const held = {
  [`p50 below ${bars.p50} ms`]: quantile(analysed.flat(), 0.5) < bars.p50,
  [`p99 below ${bars.p99} ms`]: quantile(analysed.flat(), 0.99) < bars.p99,
  [`at least ${bars.perSecond} a second`]: perSecond.analysed >= bars.perSecond,
  [`at most ${bars.ratio} times the time of parsing`]: ratio <= bars.ratio,
}
for (const [bar, is] of Object.entries(held)) console.log(`${is ? 'held  ' : 'MISSED'}  ${bar}`)
if (Object.values(held).includes(false)) process.exitCode = 1

function takeTurn(times: readonly number[][], counts: boolean, run: (command: string) => unknown): void {
  commands.forEach((command, i) => {
    const started = performance.now()
    run(command)
    if (counts) times[i]?.push(performance.now() - started)
  })
}

/** By each command's median over the rounds: who else uses the machine in the meantime does not count. */
function rateOf(times: readonly number[][]): number {
  const milliseconds = times.reduce((sum, one) => sum + quantile(one, 0.5), 0)
  return (times.length * 1000) / milliseconds
}

function print(name: string, times: readonly number[][], rate: number): void {
  const all = times.flat()
  const figures = [quantile(all, 0.5), quantile(all, 0.99), quantile(all, 1)]
  const shown = figures.map((value) => `${value.toFixed(3)} ms`.padStart(12)).join('')
  console.log(`${name.padEnd(16)}${shown}${`${Math.round(rate)} a second`.padStart(20)}`)
}
