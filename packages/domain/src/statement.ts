import {
  err,
  fromAscii,
  isId,
  isInstant,
  ok,
  toHex,
  utf8,
  type Digest,
  type IdKind,
  type Instant,
  type KeyId,
  type OrderId,
  type PersonId,
  type Result,
  type RunId,
  type Sha256,
  type TargetId,
} from '@chaperone/encoding'
import type { Interpreter } from './step.ts'
import type { KeyClass } from './roster.ts'

/**
 * What people sign (spec/statement.md): fixed order, printable ASCII, one LF line each, a grammar for every
 * value, no free text. A parser re-prints what it read and compares, so that one meaning has one spelling.
 */
export type Statement =
  | DecisionStatement
  | SubmitStatement
  | WithdrawStatement
  | KillStatement
  | FreezeStatement
  | ReleaseStatement
  | StopStatement
  | LiftStatement
  | AdoptStatement
  | EnrolStatement
  | RecoveryStatement

export type StatementKind = Statement['kind']

/** The roster, policy and log head that the signer of a statement had before them. */
interface Seen {
  readonly policy: Digest
  readonly roster: number
  readonly logSize: number
  readonly logRoot: Digest
}

export interface DecisionStatement extends Seen {
  readonly kind: 'allow' | 'forbid'
  readonly order: OrderId
  readonly version: number
  readonly orderDigest: Digest
  readonly steps: readonly StepLine[]
  readonly technician: PersonId
  readonly escort: PersonId
  readonly notBefore: Instant
  readonly notAfter: Instant
}

export interface StepLine {
  readonly step: Ratio
  readonly attempt: number
  readonly digest: Digest
  readonly target: TargetId
  readonly hostKey: KeyId
  readonly account: string
  readonly interpreter: Interpreter
  readonly analysis: Digest
  /** Which of the needed seats of the quorum this person takes. */
  readonly seat: Ratio
}

/** `2/6`: the second of six. */
export interface Ratio {
  readonly index: number
  readonly of: number
}

export interface SubmitStatement {
  readonly kind: 'submit'
  readonly order: OrderId
  readonly version: number
  readonly orderDigest: Digest
  readonly technician: PersonId
  readonly issued: Instant
}

export interface WithdrawStatement {
  readonly kind: 'withdraw'
  readonly order: OrderId
  readonly version: number
  readonly technician: PersonId
  readonly issued: Instant
}

export interface KillStatement {
  readonly kind: 'kill'
  readonly order: OrderId
  readonly run: RunId
  readonly person: PersonId
  readonly issued: Instant
}

/** "I allowed wrongly." */
export interface FreezeStatement {
  readonly kind: 'freeze'
  readonly order: OrderId
  readonly version: number
  readonly escort: PersonId
  readonly issued: Instant
}

export interface ReleaseStatement extends Seen {
  readonly kind: 'release'
  readonly order: OrderId
  readonly version: number
  readonly releases: readonly ReleaseLine[]
  readonly recipient: PersonId
  readonly recipientFacts: Digest
  readonly releaser: PersonId
  readonly issued: Instant
}

export interface ReleaseLine {
  readonly run: RunId
  readonly content: Digest
  readonly length: number
}

export interface StopStatement {
  readonly kind: 'stop'
  readonly scope: StopScope
  readonly value: string
  readonly officer: PersonId
  readonly issued: Instant
  readonly expires: Instant | 'never'
}

export type StopScope =
  'all' | 'person' | 'pair' | 'employer' | 'citizenship' | 'origin' | 'location' | 'target' | 'regime'

export interface LiftStatement {
  readonly kind: 'lift'
  /** SHA-256 of the stop statement's bytes. */
  readonly stop: Digest
  readonly officer: PersonId
  readonly issued: Instant
}

export interface AdoptStatement {
  readonly kind: 'adopt'
  readonly subject: 'roster' | 'policy'
  readonly version: number
  readonly digest: Digest
  readonly previous: Digest
  readonly officer: PersonId
  readonly issued: Instant
}

/** A second person read this fingerprint from the holder's own device. */
export interface EnrolStatement {
  readonly kind: 'enrol'
  readonly person: PersonId
  readonly key: KeyId
  readonly class: KeyClass
  readonly officer: PersonId
  readonly issued: Instant
}

/** Accepts that the log was restored from a backup: opens a new epoch. */
export interface RecoveryStatement {
  readonly kind: 'recovery'
  readonly logSize: number
  readonly logRoot: Digest
  readonly epoch: number
  readonly officer: PersonId
  readonly issued: Instant
}

/** The SSHSIG namespace of a kind: a signature of one kind never counts as another. */
export function namespaceOf(kind: StatementKind): string {
  return `${kind}@chaperone`
}

export const longestStatement = 32 * 1024
export const mostStepLines = 64

type Grammar =
  | IdKind
  | 'instant'
  | 'instant-or-never'
  | 'count'
  | 'size'
  | 'ratio'
  | 'interpreter'
  | 'key-class'
  | 'scope'
  | 'scope-value'
  | 'subject'

type Pair = readonly [word: string, field: string, grammar: Grammar]
type Line = { readonly pairs: readonly Pair[]; readonly repeated?: 'steps' | 'releases' }

const one = (word: string, field: string, grammar: Grammar): Line => ({ pairs: [[word, field, grammar]] })

const order = [one('order', 'order', 'order'), one('version', 'version', 'count')]
const seen = [
  one('policy', 'policy', 'digest'),
  one('roster', 'roster', 'count'),
  {
    pairs: [
      ['log-size', 'logSize', 'size'],
      ['log-root', 'logRoot', 'digest'],
    ],
  } as const satisfies Line,
]
const issued = one('issued', 'issued', 'instant')
const officer = one('officer', 'officer', 'person')

const decision: readonly Line[] = [
  ...order,
  one('order-digest', 'orderDigest', 'digest'),
  {
    repeated: 'steps',
    pairs: [
      ['step', 'step', 'ratio'],
      ['attempt', 'attempt', 'count'],
      ['digest', 'digest', 'digest'],
      ['target', 'target', 'target'],
      ['host-key', 'hostKey', 'keyId'],
      ['account', 'account', 'account'],
      ['interpreter', 'interpreter', 'interpreter'],
      ['analysis', 'analysis', 'digest'],
      ['seat', 'seat', 'ratio'],
    ],
  },
  one('technician', 'technician', 'person'),
  one('escort', 'escort', 'person'),
  one('not-before', 'notBefore', 'instant'),
  one('not-after', 'notAfter', 'instant'),
  ...seen,
]

/** The lines of each kind after its first, in their order. This table is spec/statement.md §3; a test compares them. */
export const statementLines: { readonly [K in StatementKind]: readonly Line[] } = {
  allow: decision,
  forbid: decision,
  submit: [
    ...order,
    one('order-digest', 'orderDigest', 'digest'),
    one('technician', 'technician', 'person'),
    issued,
  ],
  withdraw: [...order, one('technician', 'technician', 'person'), issued],
  kill: [one('order', 'order', 'order'), one('run', 'run', 'run'), one('person', 'person', 'person'), issued],
  freeze: [...order, one('escort', 'escort', 'person'), issued],
  release: [
    ...order,
    {
      repeated: 'releases',
      pairs: [
        ['run', 'run', 'run'],
        ['content', 'content', 'digest'],
        ['length', 'length', 'size'],
      ],
    },
    one('recipient', 'recipient', 'person'),
    one('recipient-facts', 'recipientFacts', 'digest'),
    one('releaser', 'releaser', 'person'),
    issued,
    ...seen,
  ],
  stop: [
    one('scope', 'scope', 'scope'),
    one('value', 'value', 'scope-value'),
    officer,
    issued,
    one('expires', 'expires', 'instant-or-never'),
  ],
  lift: [one('stop', 'stop', 'digest'), officer, issued],
  adopt: [
    one('subject', 'subject', 'subject'),
    one('version', 'version', 'count'),
    one('digest', 'digest', 'digest'),
    one('previous', 'previous', 'digest'),
    officer,
    issued,
  ],
  enrol: [
    one('person', 'person', 'person'),
    one('key', 'key', 'keyId'),
    one('class', 'class', 'key-class'),
    officer,
    issued,
  ],
  recovery: [
    {
      pairs: [
        ['log-size', 'logSize', 'size'],
        ['log-root', 'logRoot', 'digest'],
      ],
    },
    one('epoch', 'epoch', 'count'),
    officer,
    issued,
  ],
}

type Fields = Readonly<Record<string, unknown>>

/** The bytes to sign. Throws for a value outside its grammar: what we print must parse. */
export function printStatement(statement: Statement): Uint8Array {
  const bytes = utf8(spell(statement))
  if (!parseStatement(bytes).ok)
    throw new TypeError(`a value of this ${statement.kind} is outside its grammar`)
  return bytes
}

/** The spelling of fields, right or wrong. */
function spell(statement: Statement): string {
  const fields = statement as unknown as Fields
  let text = `chaperone ${statement.kind} v1\n`
  for (const line of statementLines[statement.kind]) {
    const rows = line.repeated === undefined ? [fields] : (fields[line.repeated] as readonly Fields[])
    for (const row of rows) text += spellLine(line.pairs, row)
  }
  return text
}

function spellLine(pairs: readonly Pair[], row: Fields): string {
  let text = ''
  for (const [word, field, grammar] of pairs) {
    const value = row[field]
    const spelt = grammar === 'ratio' ? printRatio(value as Ratio) : String(value)
    text += `${text === '' ? '' : ' '}${word} ${spelt}`
  }
  return `${text}\n`
}

function printRatio(ratio: Ratio): string {
  return `${ratio.index}/${ratio.of}`
}

export type StatementRefusal = { readonly code: 'statement-malformed'; readonly line: number }

/** Reads signed bytes; refuses anything that would not print back to the same bytes. */
export function parseStatement(bytes: Uint8Array): Result<Statement, StatementRefusal> {
  const text = bytes.length > longestStatement ? undefined : fromAscii(bytes)
  return text === undefined ? err({ code: 'statement-malformed', line: 0 }) : parseStatementText(text)
}

// Whoever checks a statement, applies it and counts what it commits to asks for the same text in turn.
let latest: { readonly text: string; readonly parsed: Result<Statement, StatementRefusal> } | undefined

/** `parseStatement` of bytes that are held as text, as the log holds them. */
export function parseStatementText(text: string): Result<Statement, StatementRefusal> {
  if (latest?.text !== text) latest = { text, parsed: readStatement(text) }
  return latest.parsed
}

function readStatement(text: string): Result<Statement, StatementRefusal> {
  const isPlain = text.length <= longestStatement && /^[\n\x20-\x7e]*\n$/.test(text)
  if (!isPlain) return err({ code: 'statement-malformed', line: 0 })
  const lines = text.slice(0, -1).split('\n')
  const kind = /^chaperone ([a-z]+) v1$/.exec(lines[0]!)?.[1] // split gives at least one line
  if (kind === undefined || !Object.hasOwn(statementLines, kind))
    return err({ code: 'statement-malformed', line: 1 })
  const read = readLines(statementLines[kind as StatementKind], lines)
  if (typeof read === 'number') return err({ code: 'statement-malformed', line: read })
  // The table above has a row for every field of the kind's interface.
  const statement = { kind, ...read } as unknown as Statement
  if (!isWhole(statement)) return err({ code: 'statement-malformed', line: 3 })
  return spell(statement) === text ? ok(statement) : err({ code: 'statement-malformed', line: 0 })
}

/** A stop's value must fit its scope: one that can hit nothing would look like a stop and be none. */
function isWhole(statement: Statement): boolean {
  if (statement.kind !== 'stop') return true
  const { scope, value } = statement
  switch (scope) {
    case 'all':
      return value === 'all'
    case 'person':
    case 'target':
      return isId(scope, value)
    case 'pair':
      return value.split('+').length === 2 && value.split('+').every((person) => isId('person', person))
    default:
      return true
  }
}

/** The fields, or the number of the first bad line. */
function readLines(table: readonly Line[], lines: readonly string[]): Fields | number {
  const fields: Record<string, unknown> = {}
  let at = 1
  for (const line of table) {
    if (line.repeated === undefined) {
      const row = readPairs(line.pairs, lines[at])
      if (row === undefined) return at + 1
      Object.assign(fields, row)
      at++
      continue
    }
    const rows: Fields[] = []
    for (
      let row = readPairs(line.pairs, lines[at]);
      row !== undefined;
      row = readPairs(line.pairs, lines[at])
    ) {
      rows.push(row)
      at++
    }
    if (rows.length === 0 || rows.length > mostStepLines) return at + 1
    fields[line.repeated] = rows
  }
  return at === lines.length ? fields : at + 1
}

function readPairs(pairs: readonly Pair[], line: string | undefined): Fields | undefined {
  const tokens = line?.split(' ') ?? []
  if (tokens.length !== 2 * pairs.length) return undefined
  const row: Record<string, unknown> = {}
  for (const [i, [word, field, grammar]] of pairs.entries()) {
    const value = tokens[2 * i] === word ? parseValue(grammar, tokens[2 * i + 1]!) : undefined
    if (value === undefined) return undefined
    row[field] = value
  }
  return row
}

const words: Partial<Record<Grammar, readonly string[]>> = {
  interpreter: ['bash', 'powershell', 'sql'],
  'key-class': ['passkey', 'fido2', 'piv', 'software'],
  scope: ['all', 'person', 'pair', 'employer', 'citizenship', 'origin', 'location', 'target', 'regime'],
  subject: ['roster', 'policy'],
}

function parseValue(grammar: Grammar, text: string): unknown {
  switch (grammar) {
    case 'instant':
      return isInstant(text) ? text : undefined
    case 'instant-or-never':
      return text === 'never' || isInstant(text) ? text : undefined
    case 'count':
      return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
    case 'size':
      return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined
    case 'ratio':
      return parseRatio(text)
    case 'scope-value':
      return /^[A-Za-z0-9][A-Za-z0-9._:+-]{0,127}$/.test(text) ? text : undefined
    case 'interpreter':
    case 'key-class':
    case 'scope':
    case 'subject':
      return words[grammar]!.includes(text) ? text : undefined // these four are in the table
    default:
      return isId(grammar, text) ? text : undefined
  }
}

function parseRatio(text: string): Ratio | undefined {
  const match = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text)
  const index = Number(match?.[1])
  const of = Number(match?.[2])
  return match !== null && index <= of ? { index, of } : undefined
}

/** What a lift names, and what a log entry calls a statement by: signatures can be re-spelt, bytes cannot. */
export function statementDigest(bytes: Uint8Array, sha256: Sha256): Digest {
  return toHex(sha256(bytes))
}
