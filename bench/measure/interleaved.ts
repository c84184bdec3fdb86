/** One way of doing something: gives named times in milliseconds of one go. */
export type Case = () => Promise<Readonly<Record<string, number>>>

export type Samples = Readonly<Record<string, readonly number[]>>

/**
 * Goes round all cases so many times, so that what else the machine does meets all of them alike. The first round is
 * not counted. Times of case `a` named `b` become samples of `a b`.
 */
export async function interleaved(cases: Readonly<Record<string, Case>>, rounds: number): Promise<Samples> {
  const samples: Record<string, number[]> = {}
  for (let round = 0; round <= rounds; round++) {
    for (const [name, go] of Object.entries(cases)) {
      for (const [time, milliseconds] of Object.entries(await go())) {
        if (round > 0) (samples[`${name} ${time}`] ??= []).push(milliseconds)
      }
    }
  }
  return samples
}

/** The value that a share of the samples does not exceed. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** One line a sample: name, count, median, p95, p99, most; milliseconds. */
export function printSamples(samples: Samples): void {
  const width = Math.max(...Object.keys(samples).map((name) => name.length))
  console.log(`${''.padEnd(width)}     n  median     p95     p99     max  ms`)
  for (const [name, values] of Object.entries(samples)) {
    const figures = [0.5, 0.95, 0.99, 1].map((share) => quantile(values, share).toFixed(1).padStart(8))
    console.log(`${name.padEnd(width)} ${String(values.length).padStart(5)}${figures.join('')}`)
  }
}
