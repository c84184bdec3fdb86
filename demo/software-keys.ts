import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PersonId } from '@chaperone/encoding'
import type { Officer } from '@chaperone/installation'
import { generateKey, loadPrivateKey, signSshsig, type PrivateKey } from '@chaperone/node-crypto'
import { cast, everybody } from './organisation.ts'

/** Keys that prove nobody's presence: they count in a demonstration only. */
export type SoftwareKeys = ReadonlyMap<PersonId, PrivateKey>

/** Loads the demonstration's software keys, making those that are missing. */
export function softwareKeys(folder: string): SoftwareKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const held = everybody.filter((member) => member.softwareKey)
  return new Map(held.map(({ person }) => [person, loadOrMake(join(folder, `${person}.key`))]))
}

function loadOrMake(file: string): PrivateKey {
  if (existsSync(file)) return loadPrivateKey(readFileSync(file, 'utf8'))
  const made = generateKey()
  writeFileSync(file, made.file, { mode: 0o600, flush: true })
  return made.key
}

export function keyOf(keys: SoftwareKeys, person: PersonId): PrivateKey {
  const key = keys.get(person)
  if (key === undefined) throw new Error(`the demonstration holds no key of ${person}`)
  return key
}

/** The two officers, signing with the demonstration's keys. */
export function officersWith(keys: SoftwareKeys): readonly Officer[] {
  return [cast.officer, cast.secondOfficer].map(({ person }) => ({
    person,
    sign: (bytes, namespace) => Promise.resolve(signSshsig(keyOf(keys, person), namespace, bytes)),
  }))
}
