import {
  canonicalBytes,
  commitJson,
  commit,
  fromBase64,
  fromUtf8,
  keyIdOf,
  toBase64,
  toHex,
  utf8,
  type Json,
  type PersonId,
} from '@chaperone/encoding'
import {
  orderDigest,
  printStatement,
  rosterDigest,
  stepDigest,
  type DecisionStatement,
  type OrderDocument,
  type ReleaseStatement,
  type Roster,
  type RosterTarget,
  type SignedStatement,
  type Statement,
  type StepDocument,
} from '@chaperone/domain'
import type { SigningDraft } from '@chaperone/contract'
import { nodeCrypto } from '@chaperone/node-crypto'
import { sampleOrganisation } from './sample-log.ts'

const { sha256 } = nodeCrypto
const organisation = sampleOrganisation()

export const origin = 'http://sign.localhost:8401'
export const rpId = 'sign.localhost'
export const noon = '2026-11-24T12:00:00Z'
export const escort = 'p-escortone'
export const technician = 'p-technician'
export const ticket = 'T'.repeat(43)

/** The sample organisation's roster, its escort given passkeys at the desk. */
export function rosterWith(passkeys: readonly Uint8Array[], at = origin): Roster {
  const [{ from, until } = { from: noon, until: noon }] = organisation.roster.people[0]?.keys ?? []
  const keys = passkeys.map((blob) => ({
    key: keyIdOf(blob, sha256),
    blob: toBase64(blob),
    class: 'passkey' as const,
    from,
    until,
    origins: [at],
  }))
  return withTargets(withPerson(organisation.roster, escort, { keys }), {
    keyClasses: ['passkey'],
    accounts: ['ops', 'root'],
  })
}

export function withPerson(
  roster: Roster,
  person: PersonId,
  change: Partial<Roster['people'][number]>,
): Roster {
  return { ...roster, people: roster.people.map((p) => (p.person === person ? { ...p, ...change } : p)) }
}

export function withTargets(roster: Roster, change: Partial<RosterTarget>): Roster {
  return { ...roster, targets: roster.targets.map((target) => ({ ...target, ...change })) }
}

export interface SampleRoster {
  readonly version: number
  readonly bytes: Uint8Array
  readonly digest: string
  readonly adoptions: readonly SignedStatement[]
}

/** A roster as two officers signed it. */
export function adopted(roster: Roster, officers = ['p-officerone', 'p-officertwo']): SampleRoster {
  const bytes = canonicalBytes(roster as unknown as Json) // a roster is JSON
  const digest = rosterDigest(bytes, sha256)
  const { version, previous, issued } = roster
  const adopt = { kind: 'adopt', subject: 'roster', version, digest, previous, issued } as const
  const adoptions = officers.map((officer) => organisation.sign(officer, { ...adopt, officer }))
  return { version, bytes, digest, adoptions }
}

const salt = (seed: string) => sha256(utf8(seed))

export interface DecisionParts {
  readonly order: OrderDocument
  readonly steps: readonly StepDocument[]
  readonly statement: DecisionStatement
}

/** What may be changed before, or after, everything was hashed. */
export interface DecisionChanges {
  readonly step?: (document: StepDocument, index: number) => StepDocument
  readonly order?: Partial<OrderDocument>
  readonly statement?: (statement: DecisionStatement) => DecisionStatement
  readonly kind?: 'allow' | 'forbid'
  readonly bytes?: readonly Uint8Array[]
  readonly file?: Uint8Array
}

export const commands = [
  utf8('systemctl status frobnicator --no-pager\n'),
  utf8('install -m 0644 f1 /etc/frobnicator/main.conf\nsystemctl restart frobnicator\n'),
  utf8('systemctl revert frobnicator\n'),
]
export const file = utf8('port = 8080\nworkers = 4\n')

/** An order of two steps and one of rollback, of which the two are decided. Consistent unless changed. */
export function decisionDraft(roster: Roster, changes: DecisionChanges = {}): SigningDraft {
  const bytes = changes.bytes ?? commands
  const content = changes.file ?? file
  const documents = bytes.map((command, i) => {
    const document: StepDocument = {
      target: i === 1 ? 'db-1' : 'web-1',
      account: i === 0 ? 'ops' : 'root',
      interpreter: 'bash',
      bytes: sized(command),
      files: i === 1 ? [{ name: 'f1', mode: '0644', ...sized(content) }] : [],
      expected: i === 0 ? 'active (running)' : '',
      maxSeconds: 90,
    }
    return changes.step?.(document, i) ?? document
  })
  const order = orderOf(documents, changes.order)
  const statement = decisionOf(roster, order, documents, changes)
  return {
    ...bare(statement, escort),
    order: { salt: toHex(salt('order')), document: { ...order } },
    steps: statement.steps.map(({ step: { index } }) => ({
      index,
      salt: toHex(salt(`step ${index - 1}`)),
      document: { ...documents[index - 1] },
      bytes: toBase64(bytes[index - 1] ?? new Uint8Array()),
      files: (documents[index - 1]?.files ?? []).map(() => toBase64(content)),
      analysis: analysisOf(index - 1),
      analysisSalt: toHex(salt(`analysis ${index - 1}`)),
    })),
  }
}

function sized(bytes: Uint8Array) {
  return { length: bytes.length, sha256: toHex(sha256(bytes)) }
}

function analysisOf(i: number) {
  return i === 0
    ? { level: 'routine', summary: 'Shows whether the service runs; changes nothing.' }
    : { level: 'high-impact', summary: 'Replaces a configuration file and restarts the service.' }
}

function orderOf(documents: readonly StepDocument[], change: Partial<OrderDocument> = {}): OrderDocument {
  return {
    order: 'wo-7h2m1x9q4c',
    version: 1,
    technician,
    purpose: 'Give the frobnicator four workers, so that the night’s queue empties before the morning.',
    fault: 'The queue was still 40 000 long at six.',
    component: 'frobnicator',
    mayShow: 'The status of the service.',
    effects: [{ effect: 'service-change', place: 'frobnicator.service' }],
    notBefore: '2026-11-24T08:00:00Z',
    notAfter: '2026-11-25T08:00:00Z',
    steps: documents.map((document, i) => stepDigest(salt(`step ${i}`), document, sha256)),
    rollbackSteps: documents.length > 2 ? 1 : 0,
    ...change,
  }
}

function decisionOf(
  roster: Roster,
  order: OrderDocument,
  documents: readonly StepDocument[],
  { kind = 'allow', statement = (s) => s }: DecisionChanges,
): DecisionStatement {
  const decided = documents.slice(0, documents.length - order.rollbackSteps)
  return statement({
    kind,
    order: order.order,
    version: order.version,
    orderDigest: orderDigest(salt('order'), order, sha256),
    steps: decided.map(({ target, account, interpreter }, i) => ({
      step: { index: i + 1, of: documents.length },
      attempt: 1,
      digest: order.steps[i] ?? '',
      target,
      hostKey: hostKeyOf(roster),
      account,
      interpreter,
      analysis: toHex(commitJson('analysis', salt(`analysis ${i}`), analysisOf(i), sha256)),
      seat: { index: 1, of: 1 },
    })),
    technician: order.technician,
    escort,
    notBefore: order.notBefore,
    notAfter: order.notAfter,
    ...seen(roster),
  })
}

function hostKeyOf(roster: Roster): string {
  return keyIdOf(fromBase64(roster.targets[0]?.hostKeys[0] ?? '') ?? new Uint8Array(), sha256)
}

function seen({ policy, version }: Roster) {
  return { policy, roster: version, logSize: 7, logRoot: 'a'.repeat(64) }
}

function bare(statement: Statement, person: PersonId): SigningDraft {
  return {
    ticket,
    kind: statement.kind,
    person,
    statement: fromUtf8(printStatement(statement)) ?? '',
    names: { [escort]: 'Eva Lindqvist', [technician]: 'Tom Okafor' },
    order: null,
    steps: [],
    releases: [],
    recipientFacts: null,
  }
}

export interface ReleaseChanges {
  readonly facts?: Readonly<Record<string, Json>>
  readonly statement?: (statement: ReleaseStatement) => ReleaseStatement
  readonly texts?: readonly string[]
}

/** A release of texts to the technician. */
export function releaseDraft(roster: Roster, changes: ReleaseChanges = {}): SigningDraft {
  const { texts = ['Active: active (running)\nMain PID: [redacted: process id]\n'] } = changes
  const recipient = roster.people.find(({ person }) => person === technician)
  const facts = {
    person: technician,
    roles: recipient?.roles ?? [],
    until: recipient?.until ?? null,
    roster: roster.version,
    affiliation: 'not recorded',
    place: 'not recorded',
    at: noon,
    ...changes.facts,
  }
  const statement: ReleaseStatement = {
    kind: 'release',
    order: 'wo-7h2m1x9q4c',
    version: 1,
    releases: texts.map((text, i) => ({
      run: `${i}`.repeat(32),
      content: toHex(commit('release', salt(`release ${i}`), utf8(text), sha256)),
      length: utf8(text).length,
    })),
    recipient: technician,
    recipientFacts: toHex(commitJson('recipient-facts', salt('facts'), facts, sha256)),
    releaser: escort,
    issued: noon,
    ...seen(roster),
  }
  return {
    ...bare(changes.statement?.(statement) ?? statement, escort),
    releases: texts.map((text, i) => ({
      run: `${i}`.repeat(32),
      salt: toHex(salt(`release ${i}`)),
      text,
    })),
    recipientFacts: { salt: toHex(salt('facts')), document: facts },
  }
}

export function killDraft(person = escort): SigningDraft {
  return bare({ kind: 'kill', order: 'wo-7h2m1x9q4c', run: 'b'.repeat(32), person, issued: noon }, person)
}

export function freezeDraft(): SigningDraft {
  return bare({ kind: 'freeze', order: 'wo-7h2m1x9q4c', version: 1, escort, issued: noon }, escort)
}

/** What an officer signs, and nobody at a desk. */
export function adoptDraft(officer = escort): SigningDraft {
  const digest = 'd'.repeat(64)
  return bare(
    { kind: 'adopt', subject: 'roster', version: 2, digest, previous: digest, officer, issued: noon },
    officer,
  )
}
