import type { Selectable } from 'kysely'
import { Fault } from '@chaperone/encoding'
import type { Stop } from '@chaperone/domain'
import type { Enrolment, Session, SignInKey, Ticket } from '@chaperone/usecases'
import type { RecordSchema } from './schema.ts'

type Row<T extends keyof RecordSchema> = Selectable<RecordSchema[T]>

const ticketKinds = ['allow', 'forbid', 'release', 'freeze', 'kill'] as const

/** A word of the database's as one of ours; anything else means that somebody else wrote there. */
function oneOf<W extends string>(words: readonly W[], text: string): W {
  const word = words.find((candidate) => candidate === text)
  if (word === undefined) throw new Fault('record-malformed', `the database has an unknown word \`${text}\``)
  return word
}

export function ticketOf(row: Row<'ticket'>): Ticket {
  const { secret, person, statement, expires } = row
  return { secret, person, order: row.order_id, kind: oneOf(ticketKinds, row.kind), statement, expires }
}

export function sessionOf(row: Row<'session'>): Session {
  return { ...row, kind: oneOf(['browser', 'bearer'], row.kind) }
}

export function enrolmentOf(row: Row<'enrolment'>): Enrolment {
  const { secret, person, expires } = row
  return { secret, person, expires, signInDone: row.sign_in_done, decidingDone: row.deciding_done }
}

export function signInKeyOf(row: Row<'sign_in_key'>): SignInKey {
  return { id: row.id, person: row.person, publicKey: row.public_key, counter: row.counter }
}

const scopes = [
  'all',
  'person',
  'pair',
  'employer',
  'citizenship',
  'origin',
  'location',
  'target',
  'regime',
] as const

export function stopOf(row: Row<'stop_order'>): Stop {
  return { stop: row.stop, scope: oneOf(scopes, row.scope), value: row.value, expires: row.expires }
}
