import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classify } from './classify.ts'
import { compiled } from './compiled.ts'
import type { Classified } from './shape.ts'

const of = (line: string): Classified => {
  const words = line.split(' ').map((word) => (word === '?' ? null : word))
  return classify(words[0] ?? '', words)
}
const effects = (line: string): readonly string[] =>
  of(line).effects.map(({ type, place }) => `${type} ${place ?? '?'}`.trim())
const roles = (line: string): readonly string[] => of(line).words.map(({ role }) => role)

test.for<[what: string, line: string, roles: readonly string[]]>([
  ['letters together', 'tail -fn 5 a', ['program', 'option', 'number', 'path-read']],
  ['a value in the word', 'tail -n5 a', ['program', 'option', 'path-read']],
  ['a value after =', 'tail --lines=5 a', ['program', 'option', 'path-read']],
  ['a shortened name', 'tail --line 5 a', ['program', 'option', 'number', 'path-read']],
  ['the end of options', 'rm -- -f', ['program', 'punctuation', 'path-delete']],
  [
    'names with one dash',
    'find /a -name x -type f',
    ['program', 'path-list', 'option', 'pattern', 'option', 'text'],
  ],
  ['values with a key', 'dd if=/a of=/b', ['program', 'option', 'option']],
  ['letters without a dash', 'tar xf a.tar', ['program', 'option', 'path-read']],
  ['no options after the command', 'sudo -n ls -l', ['program', 'option', 'command', 'command']],
  ['a sub-command', 'systemctl stop nginx', ['program', 'subcommand', 'service']],
  [
    'options around a sub-command',
    'git -C /a log -p',
    ['program', 'option', 'path-meta', 'subcommand', 'option'],
  ],
  ['a shortened sub-command', 'ip a s', ['program', 'subcommand', 'subcommand']],
  ['the first and the last operand', 'cp a b c', ['program', 'path-read', 'path-read', 'path-write']],
])('%s: %s', ([, line, expected]) => {
  expect(roles(line)).toEqual(expected)
})

test.for<[what: string, line: string, effects: readonly string[]]>([
  ['help before an operand', 'rm --help', ['query-only']],
  // With POSIXLY_CORRECT set, this deletes.
  ['help after an operand', 'rm x --help', ['delete-data x']],
  ['help that is an operand', 'rm -- --help', ['delete-data --help']],
  ['help for the command inside', 'sudo rm --help', []],
  ['a dry run', 'rsync -n a b', ['query-only', 'read-file a']],
  ['a dry run that is none', 'kubectl apply -f a --dry-run=none', ['read-file a', 'config-change cluster']],
  ['a place that is not known', 'rm ?', ['delete-data ?']],
  ['standard input is no file', 'cat -', []],
  ['an item of a list', 'usermod -aG adm,sudo ana', ['privilege-change ana', 'account-change ana']],
  ['a number with a meaning', 'useradd -u 0 ana', ['privilege-change ana', 'account-change ana']],
  ['what follows @', 'curl -d @/a http://x', ['network-egress http://x', 'read-file /a']],
  [
    'a path where nobody said what it is for',
    'top --filter /etc/shadow',
    ['read-file /etc/shadow', 'query-only'],
  ],
])('%s: %s', ([, line, expected]) => {
  expect(effects(line).toSorted()).toEqual([...expected].toSorted())
})

describe('what is not known is said to be so', () => {
  test('an option', () => {
    expect(of('rm --nonesuch x')).toMatchObject({ tier: 'modelled', unknownOptions: [1] })
  })
  test('a letter among known ones', () => {
    expect(of('rm -rfQ x').unknownOptions).toEqual([1])
  })
  test('a name that two options begin with', () => {
    expect(of('tail --s x').unknownOptions).toEqual([1])
  })
  test('a sub-command', () => {
    expect(of('systemctl frobnicate x')).toMatchObject({ unknownOptions: [1], level: 'high-impact' })
  })
  test('a program', () => {
    expect(of('nonesuch a')).toMatchObject({ entry: undefined, tier: 'unknown', level: 'high-impact' })
  })
  test('what a documented program does', () => {
    expect(of('xfreerdp a')).toMatchObject({ tier: 'words', effects: [], level: 'high-impact' })
  })
  test('names that every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      expect(classify(name, [name, name, `--${name}`, `-${name}`]).tier).toBe('unknown')
  })
})

describe('what a command runs', () => {
  test('code with what it is given', () => {
    const words = ['bash', '-c', 'echo $1', 'x', 'y']
    expect(classify('bash', words).nested).toMatchObject([
      { kind: 'code', language: 'sh', text: 'echo $1', word: 2, parameters: [3, 4] },
    ])
  })
  test('code that is not known', () => {
    expect(of('bash -c ?').nested).toMatchObject([{ kind: 'code', text: null }])
    expect(of('ssh -o ? web1').nested).toMatchObject([{ kind: 'code', text: null }])
  })
  test('an option that runs something only with some values', () => {
    expect(of('ssh -o PROXYCOMMAND=id web1').nested).toMatchObject([{ kind: 'code', text: 'id' }])
    expect(of('ssh -o Port=22 web1').nested).toEqual([])
  })
  test('a command up to its end', () => {
    expect(of('find /a -exec rm {} ; -print').nested).toMatchObject([
      {
        kind: 'command',
        from: 3,
        to: 5,
        words: ['rm', '{}'],
        input: { how: 'fill', mark: '{}' },
        under: ['/a'],
      },
    ])
  })
  test('a command with words from elsewhere', () => {
    expect(of('xargs rm -f').nested).toMatchObject([{ kind: 'command', input: { how: 'append' } }])
    expect(of('xargs -I X rm X').nested).toMatchObject([{ input: { how: 'fill', mark: 'X' } }])
  })
  test('as whom and where', () => {
    expect(of('sudo -u app id').nested).toMatchObject([{ as: 'app' }])
    expect(of('sudo id').nested).toMatchObject([{ as: 'root' }])
    expect(of('ssh web1 id').nested).toMatchObject([{ elsewhere: 'host web1' }])
    expect(of('docker exec c id').nested).toMatchObject([{ elsewhere: 'container c', words: ['id'] }])
  })
  test('every word after :::', () => {
    expect(of('parallel gzip {} ::: a b').nested).toMatchObject([
      { words: ['gzip', 'a'] },
      { words: ['gzip', 'b'] },
    ])
    expect(of('parallel ::: id').nested).toMatchObject([{ kind: 'code', text: 'id' }])
  })
})

const programs = [...compiled.entries.keys(), ...compiled.aliases.keys()]
const word = fc.oneof(
  fc.constant(null),
  fc.constantFrom('-', '--', ';', '+', '{}', '=', '--=', '-=', ':::', ''),
  fc.string({ maxLength: 6 }).map((text) => `-${text}`),
  fc.string({ maxLength: 6 }).map((text) => `--${text}`),
  fc.string({ maxLength: 12 }),
)

test('whatever the words are, each is described, and every index is one of a word', () => {
  fc.assert(
    fc.property(fc.constantFrom(...programs), fc.array(word, { maxLength: 10 }), (program, rest) => {
      const argv = [program, ...rest]
      const found = classify(program, argv)
      expect(found.words).toHaveLength(argv.length)
      const indexes = [...found.unknownOptions, ...found.effects.flatMap((effect) => effect.words)]
      for (const nested of found.nested) {
        if (nested.kind === 'command') indexes.push(nested.from, nested.to - 1)
        if (nested.kind === 'code') indexes.push(nested.word, ...nested.words, ...nested.parameters)
        if (nested.kind === 'script') indexes.push(nested.word, ...nested.parameters)
      }
      for (const index of indexes) expect(argv.length).toBeGreaterThan(index)
    }),
    { numRuns: 3000 },
  )
})

test('every entry can be read, with all of its sub-commands', () => {
  for (const program of programs) {
    const found = classify(program, [program, '--help'])
    expect(found.entry?.summary).not.toBe('')
    expect(found.tier).toBe('modelled')
  }
})
