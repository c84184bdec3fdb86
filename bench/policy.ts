import process from 'node:process'
import { decide, decideLine, policyGrid, type PolicyCase } from '@chaperone/policy'
import { testPolicies } from '@chaperone/testkit'
import { quantile } from './measure/interleaved.ts'

/**
 * Decisions of one process, schema and request validated each time, over the grid of every regime in turns; beside them the
 * same with the case read from a line of JSON. The bar of 1,000 a second is held against processor time, which others on
 * the machine disturb less; the times are by the clock.
 */
const perRegime = Number(process.argv[2] ?? 600)
const bar = { perSecond: 1000, p99: 1 }

const began = performance.now()
const { cedar, policies } = await testPolicies()
console.log(
  `engine loaded, ${policies.regimes.size} regimes validated and parsed: ${(performance.now() - began).toFixed(0)} ms`,
)

const cases = [...policies.regimes.keys()].flatMap((regime) => {
  const grid = [...policyGrid(regime, '2026-11-24T12:00:00Z')].map(({ asked }) => asked)
  return grid.filter((_, i) => i % Math.ceil(grid.length / perRegime) === 0)
})
const lines = cases.map((asked) => JSON.stringify(asked))

measure('warm-up, not counted', cases.slice(0, 500), decideCase)
const met = measure('decide', cases, decideCase)
measure('decide a line', lines, (line) => decideLine(cedar, policies, line))
if (!met) process.exitCode = 1

function decideCase(asked: PolicyCase) {
  const set = policies.regimes.get(asked.regime)
  if (set === undefined) throw new Error(`no regime ${asked.regime}`)
  return decide(cedar, set, asked)
}

function measure<T>(
  name: string,
  inputs: readonly T[],
  go: (input: T) => { readonly decision: string },
): boolean {
  const milliseconds: number[] = []
  let permitted = 0
  const cpu = process.cpuUsage()
  for (const input of inputs) {
    const start = performance.now()
    if (go(input).decision === 'permit') permitted++
    milliseconds.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(cpu)
  const perSecond = inputs.length / (milliseconds.reduce((sum, one) => sum + one, 0) / 1000)
  const alone = inputs.length / ((user + system) / 1_000_000)
  const [p50, p99] = [quantile(milliseconds, 0.5), quantile(milliseconds, 0.99)]
  const [enough, prompt] = [alone >= bar.perSecond, p99 < bar.p99].map((one) => (one ? 'met' : 'missed'))
  console.log(
    `${name.padEnd(20)} ${inputs.length} (${permitted} permitted)  ${perSecond.toFixed(0)}/s, ${alone.toFixed(0)}/s of processor time` +
      `  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  ${bar.perSecond}/s ${enough}, p99 under ${bar.p99} ms ${prompt}`,
  )
  return alone >= bar.perSecond
}
