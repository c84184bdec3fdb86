import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundedLines } from './bounded-lines.ts'

async function linesOf(pieces: readonly string[], longest: number): Promise<readonly string[]> {
  async function* stream() {
    yield* pieces
  }
  const lines: string[] = []
  for await (const line of boundedLines(stream(), longest)) lines.push(line)
  return lines
}

test.for<[text: string, lines: readonly string[]]>([
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\n\nb\n', ['a', '', 'b']],
  ['\n', ['']],
  ['too long\nb', ['too ', 'b']],
])('%j is %j', async ([text, lines]) => {
  expect(await linesOf([text], 4)).toEqual(lines)
})

test('however the text arrives in pieces, the lines are the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n') })), async (pieces) => {
      expect(await linesOf(pieces, 3)).toEqual(await linesOf([pieces.join('')], 3))
    }),
    { numRuns: 200 },
  )
})
