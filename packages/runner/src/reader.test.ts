import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RunnerReader, type RunnerRecord } from './reader.ts'

interface Vectors {
  readonly valid: readonly {
    readonly name: string
    readonly input: string
    readonly records: readonly object[]
  }[]
  readonly invalid: readonly { readonly name: string; readonly input: string; readonly refusal: string }[]
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../spec/vectors/runner.json', import.meta.url), 'utf8'),
) as Vectors

/** Reads pieces of these sizes, then the rest; output that arrived in pieces is joined. */
function read(input: string, sizes: readonly number[] = []) {
  const reader = new RunnerReader()
  const bytes = Buffer.from(input, 'latin1')
  const records: RunnerRecord[] = []
  let at = 0
  for (const size of [...sizes, bytes.length]) {
    const pushed = reader.push(bytes.subarray(at, at + size))
    at += size
    if (!pushed.ok) return pushed.error.what
    records.push(...pushed.value)
  }
  return joined(records)
}

function joined(records: readonly RunnerRecord[]): readonly object[] {
  const plain: { kind: string; stream?: string; bytes?: string }[] = []
  for (const record of records) {
    const last = plain.at(-1)
    if (record.kind !== 'output')
      plain.push(record as never) // has no bytes
    else if (last?.kind === 'output' && last.stream === record.stream)
      last.bytes += Buffer.from(record.bytes).toString('latin1')
    else plain.push({ ...record, bytes: Buffer.from(record.bytes).toString('latin1') })
  }
  return plain
}

test.for(vectors.valid)('reads: $name', ({ input, records }) => {
  expect(read(input)).toEqual(records)
})

test.for(vectors.invalid)('refuses: $name', ({ input, refusal }) => {
  expect(read(input)).toBe(refusal)
})

test('how the bytes are cut changes nothing', () => {
  const all = [...vectors.valid, ...vectors.invalid]
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.array(fc.nat(40)), ({ input }, sizes) => {
      expect(read(input, sizes)).toEqual(read(input))
    }),
  )
})

test('a refusal is for good', () => {
  const reader = new RunnerReader()
  expect(reader.push(Buffer.from('no\n'))).toMatchObject({ ok: false })
  expect(reader.push(Buffer.from('chaperone-runner 1\n'))).toMatchObject({ ok: false })
})

test('a line has a bound', () => {
  const reader = new RunnerReader()
  expect(reader.push(Buffer.alloc(64 * 1024, 'x'))).toEqual({ ok: true, value: [] })
  expect(reader.push(Buffer.from('x'))).toMatchObject({ error: { what: 'line-too-long' } })
})
