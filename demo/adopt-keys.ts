import { setTimeout as sleep } from 'node:timers/promises'
import { fromBase64, toBase64 } from '@chaperone/encoding'
import { parseRoster, type KeyClass } from '@chaperone/domain'
import { adoptionBy, nextRoster, rosterKey, type NextRoster } from '@chaperone/installation'
import { nodeCrypto } from '@chaperone/node-crypto'
import { ApiRefused, type Api } from './api.ts'
import { instantNow, type Demonstration } from './demonstration.ts'
import { cast } from './organisation.ts'
import type { RosterChange } from '@chaperone/installation'

export interface AdoptedKey {
  readonly person: string
  readonly name: string
  readonly fingerprint: string
  readonly version: number
}

/** The roster in force. */
export async function currentRoster(api: Api): Promise<NextRoster> {
  const { bytes } = await api.call('roster', { params: { version: 0 } })
  const read = fromBase64(bytes) ?? new Uint8Array()
  const roster = parseRoster(read)
  if (!roster.ok) throw new Error(`the roster in force cannot be read: ${roster.error.code}`)
  return { roster: roster.value, bytes: read }
}

/** Both officers adopt the roster that follows; answers its version. */
export async function adoptNext(
  demo: Demonstration,
  officer: Api,
  changes: readonly RosterChange[],
): Promise<number> {
  const at = instantNow()
  const next = nextRoster(await currentRoster(officer), changes, at, nodeCrypto.sha256)
  if (!next.ok) throw new Error(`there is no next roster: ${next.error.code}`)
  const { roster, bytes } = next.value
  const adoptions = []
  for (const person of demo.officers) adoptions.push(await adoptionBy(person, roster, bytes, at))
  const { version } = await officer.call('adoptRoster', { body: { bytes: toBase64(bytes), adoptions } })
  return version
}

/**
 * Adopts every deciding key that was collected and is not in the roster yet. A real officer compares the fingerprint
 * with the one on the holder's screen first; the demonstration only prints it.
 */
export async function adoptCollectedKeys(demo: Demonstration, officer: Api): Promise<readonly AdoptedKey[]> {
  const adopted: AdoptedKey[] = []
  for (const { person, name, pendingKeys, adoptedKeys } of await officer.call('people')) {
    for (const pending of pendingKeys.filter(({ key }) => !adoptedKeys.includes(key))) {
      const { roster } = await currentRoster(officer)
      const validity = { from: instantNow(), until: roster.expires }
      const blob = fromBase64(pending.blob) ?? new Uint8Array()
      const key = rosterKey(blob, pending.class as KeyClass, validity, pending.origins, nodeCrypto.sha256)
      const version = await adoptNext(demo, officer, [{ kind: 'add-key', person, key }])
      adopted.push({ person, name, fingerprint: key.key, version })
    }
  }
  return adopted
}

const pollMilliseconds = 2000

/** Adopts keys as they come in, until told to stop. A refused or unreachable gateway is asked again later. */
export async function followCollectedKeys(
  demo: Demonstration,
  onAdopted: (key: AdoptedKey) => void,
  onTrouble: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  let officer: Api | undefined
  while (!signal.aborted) {
    try {
      officer ??= await demo.signIn(cast.officer.person)
      for (const key of await adoptCollectedKeys(demo, officer)) onAdopted(key)
    } catch (error) {
      if (!signal.aborted) onTrouble(error)
      if (error instanceof ApiRefused && error.problem.code === 'not-signed-in') officer = undefined
    }
    await sleep(pollMilliseconds, undefined, { signal }).catch(() => undefined)
  }
}
