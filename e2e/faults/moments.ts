import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunId } from '@chaperone/encoding'
import type { Rig } from './rig.ts'
import type { Victim } from './victims.ts'

/** Every stage of the protocol at which something is killed, in their order. */
export const moments = [
  'submitting',
  'claiming',
  'deciding',
  'intent-written',
  'cosigned',
  'spent',
  'certificate-issued',
  'runner-started',
  'output-flowing',
  'ended',
  'outcome-recorded',
  'releasing',
  'reading',
] as const
export type Moment = (typeof moments)[number]

const withClient: ReadonlySet<Moment> = new Set([
  'certificate-issued',
  'runner-started',
  'output-flowing',
  'ended',
])

/** Who can be killed then: the client is there only while a step is on its way. */
export function victimsAt(moment: Moment): readonly Victim[] {
  const always = ['gateway', 'signer', 'database'] as const
  return withClient.has(moment) ? [...always, 'ssh'] : always
}

/** One run, by what it leaves behind where it passes. */
export interface WatchedRun {
  readonly order: string
  readonly run: RunId
  /** The word that its step writes into the trace file. */
  readonly word: string
  readonly traces: string
  /** Sockets of agents that were there before. */
  readonly agents: ReadonlySet<string>
}

type Reached = (rig: Rig, run: WatchedRun) => boolean | Promise<boolean>

/** How one sees that a run has come so far. */
export const reached: Readonly<Partial<Record<Moment, Reached>>> = {
  'intent-written': async (rig, { order }) => (await runsOf(rig, order)).length > 0,
  cosigned: (rig, { run }) => journal(rig).includes(run),
  spent: (rig, { run }) =>
    journal(rig)
      .split('\n')
      .some((line) => line.includes('"run-spent"') && line.includes(run)),
  'certificate-issued': (rig, { agents }) => agentsOf(rig).some((socket) => !agents.has(socket)),
  'runner-started': (rig, { run }) =>
    markersOf(rig.demo.targets.web.uid).some((folder) => existsSync(join(folder, run))),
  'output-flowing': (_, { traces, word }) => tracesIn(traces).includes(`${word} began`),
  ended: (_, { traces, word }) => tracesIn(traces).includes(`${word} ended`),
  'outcome-recorded': async (rig, { order }) => (await runsOf(rig, order))[0]?.state === 'ended',
}

async function runsOf(rig: Rig, order: string) {
  const review = await rig.escort.api.ask('review', { params: { order } }).catch(() => undefined)
  // Asked often for a short while, and never more often than a person may.
  await sleep(20)
  return review?.ok === true ? review.value.runs : []
}

function journal({ demo }: Rig): string {
  return readFileSync(join(demo.installation.places.signer, 'journal'), 'utf8')
}

export function agentsOf({ demo }: Rig): readonly string[] {
  return readdirSync(demo.installation.places.sockets.agents)
}

function markersOf(uid: number): readonly string[] {
  return [`/var/lib/chaperone/ran/${uid}`, `/var/tmp/chaperone-ran-${uid}`]
}

export function tracesIn(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
}
