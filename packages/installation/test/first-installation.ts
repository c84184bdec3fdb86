import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PersonId } from '@chaperone/encoding'
import { generateKey, nodeCrypto, signSshsig, type PrivateKey } from '@chaperone/node-crypto'
import { freePorts, rosterKey, type FirstRoster, type InitialiseOptions, type Officer } from '../src/index.ts'

export const now = '2026-11-24T12:00:00Z'
export const later = '2027-11-24T12:00:00Z'

/** A folder for one test; its path is short enough for sockets. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'ci-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export interface Keyed extends Officer {
  readonly key: PrivateKey
}

export function officer(person: PersonId): Keyed {
  const { key } = generateKey()
  return {
    person,
    key,
    sign: (bytes, namespace) => Promise.resolve(signSshsig(key, namespace, bytes)),
  }
}

/** What `chaperone init` is given by two officers with software keys. */
export function firstInstallation(
  folder: string,
  officers: readonly Keyed[] = [officer('p-officerone'), officer('p-officertwo')],
): InitialiseOptions & { readonly officers: readonly Keyed[] } {
  return {
    folder,
    config: { organisation: 'sample' },
    roster: () => Promise.resolve({ people: peopleOf(officers), targets: [] }),
    names: { 'p-officerone': 'Olga', 'p-officertwo': 'Ben' },
    officers,
    now,
    expires: later,
  }
}

export function peopleOf(officers: readonly Keyed[]): FirstRoster['people'] {
  const validity = { from: now, until: later }
  return officers.map(({ person, key }) => ({
    person,
    roles: ['officer'],
    regimes: ['open'],
    until: later,
    keys: [rosterKey(key.blob, 'software', validity, [], nodeCrypto.sha256)],
  }))
}

export async function configOnFreePorts() {
  const [app = 0, desk = 0] = await freePorts(2)
  return {
    organisation: 'sample',
    app: { listen: { port: app }, origin: `http://app.localhost:${app}` },
    desk: { listen: { port: desk }, origin: `http://sign.localhost:${desk}` },
  }
}
