import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { fromBase64, instantOf, isInstant, toBase64, type Instant } from '@chaperone/encoding'
import { findKey, parseRoster, type Roster, type SignedStatement } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  adoptionBy,
  nextRoster,
  rosterKey,
  type NextRoster,
  type RosterChange,
} from '@chaperone/installation'
import type { Gateway } from '../gateway.ts'
import { signedInGateway } from '../here.ts'
import { openKey } from '../key.ts'
import { rosterDifference } from '../printing/roster-difference.ts'
import { rosterText } from '../printing/roster-text.ts'
import type { Printer } from '../printing/printer.ts'
import { Refused, UsageError } from '../refused.ts'

interface DraftOptions {
  readonly out: string
  readonly pending: readonly string[]
  readonly revoke: readonly string[]
  readonly change: readonly string[]
  readonly expires?: string
}

const more = (value: string, before: readonly string[]) => [...before, value]

export function addRoster(program: Command, print: Printer): void {
  const roster = program
    .command('roster')
    .description('Who may decide what, where: changed by two officers only')
  roster
    .command('show', { isDefault: true })
    .description('The roster in force, or an earlier one')
    .argument('[version]', 'its number', '0')
    .action(async (version: string) => {
      const { roster: shown } = await rosterOf(signedInGateway(), Number(version))
      print.result(shown, rosterText(shown))
    })
  roster
    .command('draft')
    .description('Write the next roster to a file, for two officers to sign')
    .requiredOption('--out <file>')
    .option('--pending <person>', 'add the keys that this person enrolled; again for more', more, [])
    .option('--revoke <key>', 'a key that counts no more; again for more', more, [])
    .option(
      '--change <file>',
      'JSON: a change, or a list of them (docs/rosters.md); again for more',
      more,
      [],
    )
    .option('--expires <instant>', 'when the roster stops counting')
    .action(async (options: DraftOptions) => {
      const gateway = signedInGateway()
      const current = await rosterOf(gateway, 0)
      const now = instantOf(Date.now() / 1000)
      const next = nextRoster(
        current,
        await changesOf(options, gateway, current.roster, now),
        now,
        nodeCrypto.sha256,
      )
      if (!next.ok) throw new Refused(next.error)
      writeFileSync(options.out, next.value.bytes)
      const difference = rosterDifference(current.roster, next.value.roster)
      print.result(
        { file: options.out, version: next.value.roster.version, difference },
        [
          `roster ${next.value.roster.version} in ${options.out}:`,
          ...difference.map((line) => `  ${line}`),
        ].join('\n'),
      )
    })
  roster
    .command('diff')
    .description('What a drafted roster changes')
    .argument('<file>')
    .action(async (file: string) => {
      const difference = rosterDifference(
        (await rosterOf(signedInGateway(), 0)).roster,
        readDraft(file).roster,
      )
      print.result({ difference }, difference.join('\n'))
    })
  roster
    .command('sign')
    .description('Sign a drafted roster as an officer; writes FILE.PERSON.adopt')
    .argument('<file>')
    .requiredOption('--key <file>')
    .action(async (file: string, { key: keyFile }: { key: string }) => {
      const now = instantOf(Date.now() / 1000)
      const current = await rosterOf(signedInGateway(), 0)
      const draft = readDraft(file)
      for (const line of rosterDifference(current.roster, draft.roster)) print.note(`  ${line}`)
      const key = openKey(keyFile)
      const holder = findKey(current.roster, key.key, now)
      if (holder === undefined) throw new Refused({ code: 'key-not-in-roster' })
      const { person } = holder.person
      const officer = {
        person,
        sign: (bytes: Uint8Array, namespace: string) => Promise.resolve(key.sign(namespace, bytes)),
      }
      const signed = await adoptionBy(officer, draft.roster, draft.bytes, now)
      const out = `${file}.${person}.adopt`
      writeFileSync(out, `${JSON.stringify(signed)}\n`)
      print.result({ file: out, person }, out)
    })
  roster
    .command('adopt')
    .description('Bring a roster into force that two officers signed')
    .argument('<file>')
    .argument('<adoptions...>', 'what `roster sign` wrote, of two officers')
    .action(async (file: string, adoptions: readonly string[]) => {
      const { bytes } = readDraft(file)
      const body = { bytes: toBase64(bytes), adoptions: adoptions.map(readStatement), names: {} }
      const { version } = await signedInGateway().call('adoptRoster', { body })
      print.result({ version }, `roster ${version} is in force`)
    })
}

async function rosterOf(gateway: Gateway, version: number): Promise<NextRoster> {
  const { bytes: text } = await gateway.call('roster', { params: { version } })
  const bytes = fromBase64(text) ?? new Uint8Array()
  const parsed = parseRoster(bytes)
  if (!parsed.ok) throw new Refused(parsed.error)
  return { roster: parsed.value, bytes }
}

function readDraft(file: string): NextRoster {
  const bytes = readFileSync(file)
  const parsed = parseRoster(bytes)
  if (!parsed.ok) throw new Refused(parsed.error, `\`${file}\` is not a roster`)
  return { roster: parsed.value, bytes }
}

function readStatement(file: string): SignedStatement {
  const { text, signature } = JSON.parse(readFileSync(file, 'utf8')) as Partial<SignedStatement>
  if (typeof text !== 'string' || typeof signature !== 'string')
    throw new UsageError(`\`${file}\` is not a signed statement`)
  return { text, signature }
}

async function changesOf(
  { pending, revoke, change, expires }: DraftOptions,
  gateway: Gateway,
  current: Roster,
  now: Instant,
): Promise<readonly RosterChange[]> {
  if (expires !== undefined && !isInstant(expires)) throw new UsageError(`\`${expires}\` is no UTC second`)
  const changes: RosterChange[] = change.flatMap(
    (file) => JSON.parse(readFileSync(file, 'utf8')) as RosterChange[],
  )
  for (const key of revoke) changes.push({ kind: 'revoke-key', key })
  if (expires !== undefined) changes.push({ kind: 'set-expiry', expires })
  if (pending.length === 0) return changes
  const people = await gateway.call('people', {})
  for (const person of pending) {
    const known = people.find((candidate) => candidate.person === person)
    if (known === undefined || known.pendingKeys.length === 0)
      throw new Refused({ code: 'key-unknown', person }, `no key of ${person} waits`)
    const until = current.people.find((candidate) => candidate.person === person)?.until ?? current.expires
    for (const { blob, origins } of known.pendingKeys) {
      const key = rosterKey(
        fromBase64(blob) ?? new Uint8Array(),
        'passkey',
        { from: now, until },
        origins,
        nodeCrypto.sha256,
      )
      changes.push({ kind: 'add-key', person, key })
    }
  }
  return changes
}
