import { fromUtf8, toHex, type Json } from '@chaperone/encoding'
import {
  printStatement,
  statementDigest,
  statementLines,
  type Statement,
  type StatementKind,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { sampleStatements } from '@chaperone/testkit'

/** Statements of every kind, and each rule of spec/statement.md broken in turn. */
export function statementVectors(): Json {
  return {
    valid: sampleStatements.map((statement) => {
      const bytes = printStatement(statement)
      const digest = statementDigest(bytes, nodeCrypto.sha256)
      return {
        kind: statement.kind,
        statement: statement as unknown as Json,
        text: fromUtf8(bytes) ?? '',
        digest,
      }
    }),
    invalid: [...sampleStatements.flatMap(brokenOnes), ...brokenStops(), ...brokenHeads()],
  }
}

interface Broken {
  readonly [member: string]: string
  readonly why: string
  readonly text: string
}

function brokenOnes(statement: Statement): readonly Broken[] {
  const text = fromUtf8(printStatement(statement)) ?? ''
  const lines = text.split('\n').slice(0, -1)
  const { kind } = statement
  const joined = (all: readonly string[]) => all.map((line) => `${line}\n`).join('')
  const broken = (why: string, all: readonly string[]) => ({ why: `${kind}: ${why}`, text: joined(all) })
  const found: Broken[] = []
  for (const [i, line] of lines.entries()) {
    const others = (replacement: readonly string[]) => [
      ...lines.slice(0, i),
      ...replacement,
      ...lines.slice(i + 1),
    ]
    const name = i === 0 ? 'first line' : (line.split(' ')[0] ?? '')
    if (!isRepeatable(kind, name, lines)) found.push(broken(`without ${name}`, others([])))
    if (name !== 'step' && name !== 'run') found.push(broken(`${name} twice`, others([line, line])))
    found.push(broken(`a space after ${name}`, others([`${line} `])))
    found.push(broken(`a space before ${name}`, others([` ${line}`])))
    found.push(broken(`two spaces in ${name}`, others([line.replace(' ', '  ')])))
    found.push(broken(`a tab in ${name}`, others([line.replace(' ', '\t')])))
    found.push(broken(`a carriage return after ${name}`, others([`${line}\r`])))
    found.push(broken(`another letter in ${name}`, others([`é${line}`])))
    found.push(...brokenValues(kind, i, line, others).map(([why, all]) => broken(why, all)))
  }
  found.push({ why: `${kind}: without the last line feed`, text: text.slice(0, -1) })
  found.push({ why: `${kind}: a line more`, text: `${text}\n` })
  return found
}

/** A line may be left out where it may repeat and another of its kind is there. */
function isRepeatable(kind: StatementKind, word: string, lines: readonly string[]): boolean {
  const repeats = statementLines[kind].some(
    (line) => line.repeated !== undefined && line.pairs[0]?.[0] === word,
  )
  return repeats && lines.filter((line) => line.startsWith(`${word} `)).length > 1
}

/** Per grammar, spellings that it must refuse. */
const wrong: Readonly<Record<string, readonly string[]>> = {
  person: ['ada', 'p-short', 'p-Escortone', 'p-escort_one', `p-${'a'.repeat(33)}`],
  order: ['wo-short', 'wo-SAMPLE0abc', 'sample0abc'],
  target: ['Web-1', '-web', 'web-', 'web_1', 'a'.repeat(64)],
  account: ['Root', '0ops', 'ops.x', 'a'.repeat(33)],
  digest: ['0'.repeat(63), '0'.repeat(65), 'A'.repeat(64), 'g'.repeat(64)],
  keyId: ['SHA256:x', `sha256:${'A'.repeat(43)}`, `SHA256:${'A'.repeat(43)}=`, `MD5:${'A'.repeat(43)}`],
  run: ['0'.repeat(31), '0'.repeat(33), 'A'.repeat(32)],
  instant: [
    '2026-11-24',
    '2026-02-29T00:00:00Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T16:20:34+00:00',
    '2026-11-24T16:20:34.0Z',
    'never',
  ],
  'instant-or-never': ['Never', '2026-13-01T00:00:00Z'],
  count: ['0', '01', '-1', '1.0', '1000000000', '+1'],
  size: ['01', '-1', '1e3', '1000000000000000'],
  ratio: ['0/1', '2/1', '1/0', '01/2', '1', '1/10000'],
  interpreter: ['sh', 'BASH'],
  'key-class': ['rsa', 'Passkey'],
  scope: ['everything', 'All'],
  'scope-value': ['', '-x', 'ä', 'a'.repeat(129)],
  subject: ['log'],
}

function brokenValues(
  kind: StatementKind,
  at: number,
  line: string,
  others: (replacement: readonly string[]) => readonly string[],
): readonly (readonly [why: string, lines: readonly string[]])[] {
  if (at === 0) {
    const headings = [
      `chaperone ${kind} v2`,
      `Chaperone ${kind} v1`,
      `chaperone ${kind}`,
      'chaperone other v1',
      'chaperone constructor v1',
    ]
    return headings.map((heading) => [`first line \`${heading}\``, others([heading])])
  }
  const tokens = line.split(' ')
  const table = statementLines[kind].find((row) => row.pairs[0]?.[0] === tokens[0])
  return (table?.pairs ?? []).flatMap(([word, , grammar], i) =>
    (wrong[grammar] ?? []).map((value) => {
      const changed = tokens.map((token, j) => (j === 2 * i + 1 ? value : token)).join(' ')
      return [
        `${word} \`${value.length > 70 ? `${value.length} letters` : value}\``,
        others([changed]),
      ] as const
    }),
  )
}

/** A stop's value must fit its scope. */
function brokenStops(): readonly Broken[] {
  const text = (scope: string, value: string) =>
    `chaperone stop v1\nscope ${scope}\nvalue ${value}\nofficer p-officerone\nissued 2026-11-24T16:20:34Z\nexpires never\n`
  return [
    ['all', 'everything'],
    ['person', 'ada'],
    ['pair', 'p-technician'],
    ['pair', 'p-technician+p-escortone+p-escorttwo'],
    ['pair', 'p-technician+ada'],
    ['target', 'Web-1'],
  ].map(([scope = '', value = '']) => ({
    why: `stop: scope ${scope} of \`${value}\``,
    text: text(scope, value),
  }))
}

function brokenHeads(): readonly Broken[] {
  const long = `chaperone allow v1\n${'step 1/64 '.repeat(4000)}\n`
  return [
    { why: 'nothing', text: '' },
    { why: 'a line feed', text: '\n' },
    { why: 'longer than 32 KiB', text: long },
  ]
}

/** Bytes of a statement, for signing. */
export function statementHex(statement: Statement): string {
  return toHex(printStatement(statement))
}
