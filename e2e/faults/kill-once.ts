import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runIdOf } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import type { Digest } from '@chaperone/encoding'
import type { Review } from '@chaperone/contract'
import { instantNow } from '../../demo/demonstration.ts'
import { bashStep, window } from '../../demo/sample-orders.ts'
import { decide } from '../../demo/script/participant.ts'
import { eventually } from '../../demo/script/story.ts'
import { agentsOf, reached, type Moment, type WatchedRun } from './moments.ts'
import type { Notebook } from './notebook.ts'
import type { Rig } from './rig.ts'
import { strike, type Victim } from './victims.ts'

export interface Kill {
  readonly moment: Moment
  readonly victim: Victim
  /** Milliseconds after a request was sent; from the seed. */
  readonly delay: number
}

/** Where steps leave their traces: one file on the target, a line a trace. */
export function tracesOf({ demo }: Rig): string {
  return join(demo.targets.web.home, 'traces')
}

/**
 * Takes an order of one step through the protocol as far as the kill's moment, kills, and goes on when all is well
 * again. What was not answered is looked at and done again where it had not happened, as a person would.
 */
export async function killOnce(rig: Rig, note: Notebook, word: string, kill: Kill): Promise<void> {
  const hit = () => struck(rig, note, kill)
  const perform = (moment: Moment, act: Act) => performed(kill, moment, act, hit)
  await rig.well()
  const order = await perform('submitting', submitting(rig, note, word))
  await perform('claiming', claiming(rig, note, order))
  const agents = new Set(agentsOf(rig))
  await perform('deciding', deciding(rig, note, order))
  const { orderDigest } = await reviewed(rig, order)
  const run = runIdOf(orderDigest as Digest, 1, 1, nodeCrypto.sha256)
  const watched = { order, run, word, traces: tracesOf(rig), agents }
  if (!(await struckOnItsWay(rig, kill.moment, watched, hit))) return
  if (kill.moment !== 'releasing' && kill.moment !== 'reading') return
  await untilReached(rig, 'outcome-recorded', watched)
  await perform('releasing', releasing(rig, note, order, run))
  await perform('reading', reading(rig, note, order, run))
}

/** Kills, and resolves when all is well again. */
async function struck(rig: Rig, { kills }: Notebook, { moment, victim }: Kill): Promise<void> {
  const killed = performance.now()
  const hit = strike(rig.demo, victim)
  await rig.well()
  if (hit) kills.push({ moment, victim, recovered: performance.now() - killed })
}

/** Something a person does: answers the order once it is known to have happened. */
interface Act {
  /** Asks once; throws when it is refused or nobody answers. */
  ask(): Promise<void>
  /** The order when it has happened, however it was answered. */
  happened(): Promise<string | undefined>
}

async function performed(kill: Kill, moment: Moment, act: Act, hit: () => Promise<void>): Promise<string> {
  if (kill.moment === moment) {
    const answered = act.ask().then(
      () => true,
      () => false,
    )
    await sleep(kill.delay)
    await hit()
    const acknowledged = await answered
    if (acknowledged && (await act.happened()) === undefined)
      throw new Error(`${moment} was acknowledged and has not happened`)
  }
  return done(moment, act)
}

/** Asks again and again, as long as it has not happened. */
async function done(moment: Moment, act: Act): Promise<string> {
  let refused = ''
  const ask = async () => {
    const order = await act.happened()
    if (order === undefined) await act.ask()
    return order
  }
  const told = (error: unknown) => void (refused = String(error))
  const order = await eventually(moment, () => ask().catch(told), 60).catch(() => undefined)
  if (order === undefined) throw new Error(`${moment} is not to be done: ${refused}`)
  return order
}

/** True: the kill is yet to come. */
async function struckOnItsWay(
  rig: Rig,
  moment: Moment,
  run: WatchedRun,
  hit: () => Promise<void>,
): Promise<boolean> {
  if (reached[moment] === undefined) return true
  await untilReached(rig, moment, run)
  await hit()
  return false
}

const lookMilliseconds = 2

async function untilReached(rig: Rig, moment: Moment, run: WatchedRun): Promise<void> {
  const deadline = performance.now() + 90_000
  while (!(await reached[moment]?.(rig, run))) {
    const { runs } = moment === 'outcome-recorded' ? { runs: [] } : await endedEarly(rig, run)
    if (runs.length > 0) return // refused on its way: what comes later is never reached
    if (performance.now() > deadline) throw new Error(`waited 90 s for ${run.word}: ${moment}`)
    await sleep(lookMilliseconds)
  }
}

let lastLook = 0

/** Looks now and then whether the run is over without having come to where it is waited for. */
async function endedEarly(rig: Rig, { order }: WatchedRun): Promise<Pick<Review, 'runs'>> {
  if (performance.now() - lastLook < 500) return { runs: [] }
  lastLook = performance.now()
  const review = await rig.escort.api.ask('review', { params: { order } }).catch(() => undefined)
  return { runs: review?.ok === true ? review.value.runs.filter((run) => run.state === 'ended') : [] }
}

function reviewed(rig: Rig, order: string): Promise<Review> {
  return rig.escort.api.call('review', { params: { order } })
}

function submitting(rig: Rig, note: Notebook, word: string): Act {
  const trace = (what: string) => `echo '${word} ${what}' >>~/traces`
  const text = `${trace('began')}\nfor i in 1 2 3 4 5 6; do echo "${word} line $i"; sleep 0.02; done\n${trace('ended')}\n`
  const body = {
    purpose: word,
    fault: 'none',
    component: 'a file of traces',
    mayShow: 'the lines',
    ...window(instantNow()),
    effects: [],
    steps: [bashStep(rig.demo.targets.web, text, 'six lines')],
    rollback: [],
  }
  return {
    async ask() {
      const { order } = await rig.technician.call('submitOrder', { body })
      note.acknowledged.push({ type: 'order-submitted', order })
    },
    async happened() {
      const mine = await rig.technician.call('myOrders')
      const order = mine.find(({ purpose }) => purpose === word)?.order
      if (order !== undefined) note.orders.set(word, order)
      return order
    },
  }
}

function claiming(rig: Rig, note: Notebook, order: string): Act {
  return {
    async ask() {
      await rig.escort.api.call('claimOrder', { params: { order }, body: { version: 1 } })
      note.acknowledged.push({ type: 'order-claimed', order })
    },
    happened: async () => ((await reviewed(rig, order)).claim === null ? undefined : order),
  }
}

function deciding(rig: Rig, note: Notebook, order: string): Act {
  return {
    async ask() {
      await decide(rig.escort, rig.desk, order, { kind: 'allow', version: 1, steps: [1] })
      note.acknowledged.push({ type: 'decision-recorded', order })
    },
    async happened() {
      const { steps, runs } = await reviewed(rig, order)
      const allowed = (steps[0]?.quorum.allowedBy.length ?? 0) > 0
      return allowed || runs.length > 0 ? order : undefined
    },
  }
}

function releasing(rig: Rig, note: Notebook, order: string, run: string): Act {
  const release = { run, text: 'six lines\n', redactions: [] }
  return {
    async ask() {
      await decide(rig.escort, rig.desk, order, { kind: 'release', version: 1, releases: [release] })
      note.acknowledged.push({ type: 'release-recorded', order })
    },
    async happened() {
      const { releases } = await rig.technician.call('myOrder', { params: { order } })
      return releases.length > 0 ? order : undefined
    },
  }
}

function reading(rig: Rig, note: Notebook, order: string, run: string): Act {
  let read = false
  return {
    async ask() {
      const { releases } = await rig.technician.call('myOrder', { params: { order } })
      const params = { order, release: releases[0]?.release ?? '' }
      await rig.technician.call('readRelease', { params, body: { run } })
      note.acknowledged.push({ type: 'disclosure-recorded', order })
      read = true
    },
    happened: () => Promise.resolve(read ? order : undefined),
  }
}
