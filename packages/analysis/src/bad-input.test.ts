import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from '@chaperone/encoding'
import { analyse, analyseText } from './analyse.ts'

test.for<readonly [name: string, bytes: Uint8Array, reason: string]>([
  ['nothing', new Uint8Array(), 'empty'],
  ['blanks', utf8(' \n\t\n'), 'empty'],
  ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x80), 'not-text'],
  ['a program', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), 'not-text'],
  ['a null byte', utf8('ls\u0000-l'), 'not-text'],
  ['8 MiB', utf8('x'.repeat(8 * 1024 * 1024)), 'too-long'],
  ['2 MiB of commands', utf8('ls;'.repeat(700_000)), 'too-long'],
  ['lines that end with CR LF', utf8('ls\r\ncd /\r\n'), 'carriage-returns'],
  ['deep substitutions', utf8(`${'$('.repeat(5000)}ls${')'.repeat(5000)}`), 'syntax'],
  ['deep brackets', utf8(`${'('.repeat(20_000)}ls${')'.repeat(20_000)}`), 'syntax'],
  ['deep braces', utf8(`${'{ '.repeat(3000)}ls${'; }'.repeat(3000)}`), 'syntax'],
  ['words without end', utf8(`echo ${'{a,b}'.repeat(40)}`), 'too-many-words'],
  ['a function that calls itself', utf8('f() { f; f; }; f'), 'too-much-to-follow'],
  ['text that runs itself', utf8('x=\'eval "$x"\'; eval "$x"'), 'too-much-to-follow'],
])('%s is said to be unknown', ([, bytes, reason]) => {
  const analysis = analyse('bash', bytes)
  expect(['opaque', 'stop']).toContain(analysis.level)
  expect(analysis.opaque.map((one) => one.reason)).toContain(reason)
  expect(analysis.summary).not.toBe('')
})

test('a lone surrogate is no text', () => {
  expect(analyseText('bash', 'ls \ud800').analysis).toMatchObject({
    level: 'opaque',
    opaque: [{ reason: 'not-text' }],
  })
})

test.for(['powershell', 'sql', 'cmd', 'zsh', ''])(
  'the interpreter %s is not analysed, and it says so',
  (interpreter) => {
    expect(analyse(interpreter, utf8('ls'))).toMatchObject({
      level: 'opaque',
      opaque: [{ reason: 'interpreter-not-analysed' }],
    })
  },
)

const pieces = [
  'cat',
  'rm -rf',
  '/etc/shadow',
  '$x',
  '"$@"',
  '$(',
  ')',
  '`',
  "'",
  '"',
  '{a,b}',
  '<<E\n',
  'E\n',
  '|',
  '&&',
  ';',
  '>',
  '< f',
  '${x:-',
  '}',
  '$((1+',
  '))',
  '[[',
  ']]',
  'if',
  'then',
  'fi',
  'for i in',
  'do',
  'done',
  'case x in',
  'esac',
  '\\',
  '\n',
  'eval',
  'sh -c',
  'f() {',
  'base64 -d',
  'xargs',
  '*',
  '[a-',
  '~',
  '\u202e',
  '\ud83d\ude00',
  "awk 'BEGIN{",
  "python3 -c '",
  'sed s/a/b/e',
  "$'\\x",
  '<(',
  '2>&1',
  '=(',
  '!',
  '#',
  'a=1',
  'export',
  'trap',
]

test('whatever the text is: no crash, a level, and what is not known is never called routine', () => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((all) => all.join(' '))
  fc.assert(
    fc.property(
      fc.oneof(text, fc.string({ maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 60 })),
      (one) => {
        const { analysis } = analyseText('bash', one)
        expect(['routine', 'notable', 'high-impact', 'stop', 'opaque']).toContain(analysis.level)
        if (analysis.opaque.length > 0) expect(['stop', 'opaque']).toContain(analysis.level)
        // What is stored must survive the trip through JSON in UTF-8.
        expect(JSON.stringify(analysis).isWellFormed()).toBe(true)
        for (const { span } of [...analysis.findings, ...analysis.opaque, ...analysis.explained])
          expect(span.start <= span.end && span.end <= one.length).toBe(true)
      },
    ),
    { numRuns: 1500 },
  )
})

test('the same text always gets the same answer', () => {
  const text = 'sudo systemctl restart nginx && rm -rf /srv/app/old'
  expect(JSON.stringify(analyseText('bash', text))).toBe(JSON.stringify(analyseText('bash', text)))
})
