import type { AuditEntry, Review } from '@chaperone/contract'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Roster } from '@chaperone/domain'
import { currentRoster } from '../adopt-keys.ts'
import type { Api } from '../api.ts'
import type { Demonstration } from '../demonstration.ts'
import type { DeskClient } from './desk-client.ts'
import { blobIn, type Participant } from './participant.ts'
import type { Teller } from './teller.ts'

/** The people of the story, enrolled. */
export interface People {
  readonly technician: Participant
  readonly escort: Participant
  readonly secondEscort: Participant
  readonly auditor: Participant
  /** Sessions by software key. */
  readonly officer: Api
  readonly secondOfficer: Api
}

/** What every part of the story has at hand. */
export interface Story {
  readonly tell: Teller
  readonly demo: Demonstration
  readonly desk: DeskClient
  readonly people: People
  /** For files of the story: export, signatures. */
  readonly folder: string
}

/** What the order that was done leaves for those who would misuse it. */
export interface DoneOrder {
  readonly order: string
  /** Ticket of the allowance, spent. */
  readonly ticket: string
  /** The log's checkpoint before the order ran. */
  readonly earlierCheckpoint: string
}

/** Asks again until it is so. Throws with `what` after `seconds`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`)
    await sleep(50)
  }
}

export function reviewOf({ people }: Story, order: string): Promise<Review> {
  return people.escort.api.call('review', { params: { order } })
}

/** The order's entries in the log, oldest first. */
export async function entriesOf({ people }: Story, order: string): Promise<readonly AuditEntry[]> {
  const { entries } = await people.auditor.api.call('auditLog', { query: { order, limit: 500 } })
  return [...entries].sort((a, b) => a.index - b.index)
}

export async function rosterNow({ people }: Story): Promise<Roster> {
  return (await currentRoster(people.officer)).roster
}

/** The public key blob of somebody's deciding passkey. */
export async function decidingBlob(story: Story, { member, fingerprint }: Participant): Promise<Uint8Array> {
  const person = (await rosterNow(story)).people.find((candidate) => candidate.person === member.person)
  const key = person?.keys.find((candidate) => candidate.key === fingerprint)
  if (key === undefined) throw new Error(`${member.name} has no adopted passkey`)
  return blobIn(key.blob)
}

const page = 500

/** The whole log, oldest first. */
export async function allEntries({ people }: Story): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = []
  for (let before: number | undefined; before !== 0;) {
    const query = { limit: page, ...(before === undefined ? {} : { before }) }
    const { entries } = await people.auditor.api.call('auditLog', { query })
    found.push(...entries)
    before = entries.at(-1)?.index ?? 0
  }
  return found.sort((a, b) => a.index - b.index)
}
