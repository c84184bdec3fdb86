import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limits, parseBash, surelyRefused, type Command, type Word } from './index.ts'

const only = (text: string): Command => {
  const { script, errors } = parseBash(text)
  expect(errors).toEqual([])
  return (script.statements[0] as { command: Command }).command
}

const wordsOf = (text: string): readonly Word[] => {
  const command = only(text)
  return command.kind === 'simple' ? command.words.filter((word) => word.kind === 'word') : []
}

test('a word that holds a process substitution is one word', () => {
  const [, word] = wordsOf('a --x=<(b c)d')
  expect(word?.text).toBe('--x=<(b c)d')
  expect(word?.parts.map((part) => part.kind)).toEqual(['text', 'process', 'text'])
  expect(word?.span).toEqual({ start: 2, end: 13 })
})

test.for<readonly [text: string, alternatives: readonly string[]]>([
  ['{a,b}', ['a', 'b']],
  ['{a,"b c",}', ['a', 'b c', '']],
  ['{1..3}', ['1', '2', '3']],
  ['{01..03}', ['01', '02', '03']],
  ['{c..a}', ['c', 'b', 'a']],
  ['{1..9..4}', ['1', '5', '9']],
  ["{a,'x,y'}", ['a', 'x,y']],
])('the alternatives of %s', ([text, alternatives]) => {
  const part = wordsOf(`_ ${text}`)[1]?.parts[0]
  const texts =
    part?.kind === 'brace'
      ? part.alternatives.map((parts) => parts.map((one) => (one.kind === 'text' ? one.text : '')).join(''))
      : []
  expect(texts).toEqual(alternatives)
})

test('an unquoted tilde at the head of a word is a home folder, an escaped one is not', () => {
  const [, home, escaped, quoted] = wordsOf("_ ~ana/x \\~ana '~'")
  expect(home?.parts[0]).toMatchObject({ kind: 'tilde', user: 'ana' })
  expect(escaped?.parts[0]).toMatchObject({ kind: 'text', text: '~ana' })
  expect(quoted?.parts[0]).toMatchObject({ kind: 'text', text: '~' })
})

test('spans inside substitutions are places in the whole text; inside escaped backticks they are those of the substitution', () => {
  const nested = wordsOf('echo "$(cat x)"')[1]?.parts[0]
  expect(nested?.kind === 'command' && nested.script.statements[0]?.span).toEqual({ start: 8, end: 13 })
  const decoded = wordsOf('echo `a \\`b\\``')[1]?.parts[0]
  expect(decoded?.kind === 'command' && decoded.script.statements[0]?.span).toEqual({ start: 5, end: 14 })
})

test('the text of a here-document, with and without leading tabs, quoted and not', () => {
  const bodies = ['cat <<E\na $x\nE\n', 'cat <<-E\n\t\ta\n\tE\n', "cat <<'E'\na $x\nE\n"].map(
    (text) => only(text).redirects[0],
  )
  expect(bodies[0]?.target.parts.map((part) => part.kind)).toEqual(['text', 'parameter', 'text'])
  expect(bodies[1]?.target.parts).toMatchObject([{ text: 'a\n' }])
  expect(bodies[2]).toMatchObject({ literal: true, target: { parts: [{ text: 'a $x\n' }] } })
})

test.for<readonly [name: string, text: string, kind: string]>([
  ['a script that does not end', 'if a; then b', 'syntax'],
  ['an error in a substitution', 'echo "$(if a)"', 'syntax'],
  ['an error in a substitution in a substitution', 'echo $(a `b $(c`)', 'syntax'],
  ['a here-document that does not end', 'cat <<E\na\n', 'open-here-document'],
  ['too much text', 'x'.repeat(limits.units + 1), 'limit'],
  ['too many levels', `${'{ '.repeat(250)}a${'; }'.repeat(250)}`, 'limit'],
])('%s is an error', ([, text, kind]) => {
  expect(parseBash(text).errors.map((error) => error.kind)).toContain(kind)
})

test('whatever the text is, it never throws, and spans lie in the text', () => {
  const pieces = fc.constantFrom(
    '$(',
    ')',
    '`',
    '"',
    "'",
    '{',
    ',',
    '}',
    '<<E\n',
    '\nE\n',
    '|',
    ';',
    'if',
    'fi',
    'x',
    '\\',
    '<(',
    '${',
    '((',
    '[[',
    '=',
    '~',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (one) => {
      for (const { span } of [...parseBash(one).script.statements, ...parseBash(one).errors])
        expect(0 <= span.start && span.start <= span.end && span.end <= one.length).toBe(true)
    }),
    { numRuns: 2000, examples: [['${\nE\n\\']] },
  )
})

const samples = ['strong', 'dual', 'routine', 'sensitive', 'hard-benign', 'evasions'].flatMap((kind) =>
  readFileSync(new URL(`../../analysis/samples/${kind}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly command: string }).command),
)
const broken = [
  'if',
  'for i in; do',
  'echo "',
  "echo '",
  'a |',
  'a &&',
  '(a',
  'a)',
  '{ a',
  'case x in',
  'a < ',
  'a >',
  'a;;',
  'f( {',
  '$(',
  '`a',
  'a <b> ',
  'fi',
  'done',
  '| a',
  '; a',
  '&& a',
  'while a; do',
  'a | | b',
  'rm (a)',
]

/** What the parser under ours reads although bash does not: harmless, since bash then runs nothing. */
const knownDifferences = ['f( {']

/** bash and we agree on what is shell text. bash only warns of a here-document that does not end. */
test('agrees with `bash -n`', () => {
  const texts = [...new Set([...samples, ...broken])]
  const script =
    'while IFS= read -r -d "" t; do if bash -n <<<"$t" 2>/dev/null; then echo 1; else echo 0; fi; done'
  const answers = spawnSync('bash', ['-c', script], {
    input: texts.map((text) => `${text}\0`).join(''),
    encoding: 'utf8',
  })
  const accepts = answers.stdout
    .trim()
    .split('\n')
    .map((line) => line === '1')
  expect(accepts.length).toBe(texts.length)
  const ours = texts.map((text) => !parseBash(text).errors.some((error) => error.kind === 'syntax'))
  const different = texts.filter((_, i) => ours[i] !== accepts[i])
  expect(texts.length).toBeGreaterThan(900)
  expect(different).toEqual(knownDifferences)
  // What is called refused without doubt must be.
  expect(texts.filter((text, i) => accepts[i] && !ours[i] && surelyRefused(text))).toEqual([])
})
