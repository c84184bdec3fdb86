import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { classify } from '../../packages/analysis/src/knowledge/classify.ts'
import type { Classified, Nested } from '../../packages/analysis/src/knowledge/shape.ts'
import { compile, compiledPath, compileWords, readDocumented, wordsPath } from './compile.ts'
import { readEntryFile, readEntryFiles } from './read-files.ts'
import { splitLine } from './split-line.ts'

const entries = await readEntryFiles()

test('what is compiled is what the files say', async () => {
  const documented = await readDocumented()
  const isCurrent = (await readFile(compiledPath, 'utf8')) === (await compile(entries, documented))
  const areCurrent = (await readFile(wordsPath, 'utf8')) === compileWords(entries, documented)
  // Two booleans, for a difference of megabytes says nothing.
  expect({ isCurrent, areCurrent }).toEqual({ isCurrent: true, areCurrent: true })
})

describe.for(entries.map((entry) => [entry.command, entry] as const))('%s', ([, entry]) => {
  test.for(entry.examples.map((example) => [example.line, example] as const))('%s', ([line, example]) => {
    const words = splitLine(line)
    const found = classify(words[0] ?? '', words)
    expect(sorted(effectTexts(found, example.effects))).toEqual(sorted(example.effects))
    expect(found.unknownOptions).toEqual([])
    expect(found.words.filter(({ explanation }) => explanation === '')).toEqual([])
    if (example.says !== undefined) expect(found.says).toBe(example.says)
    if (example.runs !== undefined) expect(found.nested.map(nestedText)).toEqual(example.runs)
    if (example.level !== undefined) expect(found.level).toBe(example.level)
  })
})

/** With their places, but for types whose place the example leaves open. */
function effectTexts(found: Classified, expected: readonly string[]): readonly string[] {
  return found.effects.map(({ type, place }) => {
    if (expected.includes(type)) return type
    return place === '' ? type : `${type} ${place ?? '?'}`
  })
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}

function nestedText(nested: Nested): string {
  if (nested.kind === 'command') return nested.words.map((word) => word ?? '?').join(' ')
  if (nested.kind === 'code') return nested.text ?? '?'
  return nested.kind === 'script' ? (nested.path ?? '?') : `what it reads, as ${nested.language}`
}

describe('a file with a mistake is refused with its place', () => {
  const right = { command: 'x', summary: 's', section: 'text', sources: ['own'], reviewed: '2026-11' }
  const example = [{ line: 'x', effects: [] }]
  test.for<[what: string, file: object, message: string]>([
    [
      'a misspelt field',
      { ...right, examples: example, opptions: {} },
      'x.yaml: : Unrecognized key: "opptions"',
    ],
    ['no examples', right, 'x.yaml: examples'],
    ['an unknown effect', { ...right, examples: example, effects: ['explode'] }, '`explode` does not begin'],
    [
      'an unknown effect after =>',
      { ...right, examples: example, options: { '-x': 'a => b' } },
      'what follows =>',
    ],
    ['another name than the file', { ...right, command: 'y', examples: example }, 'x.yaml: is for `y`'],
  ])('%s', ([, file, message]) => {
    expect(readEntryFile('x.yaml', JSON.stringify(file))).toContain(message)
  })
})
