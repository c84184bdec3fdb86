import type { PersonId } from '@chaperone/encoding'
import type { Role } from '@chaperone/domain'

/** Somebody in the demonstration organisation. */
export interface CastMember {
  readonly person: PersonId
  readonly name: string
  readonly roles: readonly Role[]
  /** What they can do here, in words for the console. */
  readonly can: string
  /**
   * The demonstration holds a software key for them: officers decide with it, the technician's and the second escort's
   * only sign in, so that sample orders and a sample question can be there before anybody has enrolled.
   */
  readonly softwareKey: boolean
}

export const organisationName = 'harbour-works'

export const cast = {
  technician: {
    person: 'p-3kq7w2md',
    name: 'Mara Lindqvist',
    roles: ['technician'],
    can: 'writes work orders, answers questions, reads what is released',
    softwareKey: true,
  },
  escort: {
    person: 'p-9xv4h8tn',
    name: 'Samir Haddad',
    roles: ['escort'],
    can: 'judges steps, allows or forbids them with a passkey, releases output',
    softwareKey: false,
  },
  secondEscort: {
    person: 'p-5rc2z6jb',
    name: 'Ines Moreau',
    roles: ['escort', 'technician'],
    can: 'a second escort (db-1 needs two) who may also write orders, never judge her own',
    softwareKey: true,
  },
  officer: {
    person: 'p-8dn3y7ga',
    name: 'Olga Petrova',
    roles: ['officer'],
    can: 'people, rosters and stops; her deciding key is a software key of this demonstration',
    softwareKey: true,
  },
  secondOfficer: {
    person: 'p-6tf9k2we',
    name: 'Ben Okafor',
    roles: ['officer'],
    can: 'the second officer, with a software key too',
    softwareKey: true,
  },
  auditor: {
    person: 'p-2mb5s9uh',
    name: 'Lena Vogt',
    roles: ['auditor'],
    can: 'reads the log, every order’s story and whether all of it verifies',
    softwareKey: false,
  },
} as const satisfies Record<string, CastMember>

export type CastName = keyof typeof cast
export const everybody: readonly CastMember[] = Object.values(cast)

/** `web-1` needs one escort for a step, `db-1` needs two. */
export const targetPlan = {
  web: { target: 'web-1', account: 'demo-web', quorum: 1, portOffset: 22 },
  db: { target: 'db-1', account: 'demo-db', quorum: 2, portOffset: 23 },
} as const
