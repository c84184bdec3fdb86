import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportPath } from '@chaperone/contract'
import {
  apply,
  decodeEvent,
  statementReader,
  type Event,
  type EventOf,
  type WorkOrder,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { checkLog } from '@chaperone/testkit'
import { parseVerifierKey } from '@chaperone/tlog'
import { chaperoneVerify } from '../../demo/chaperone-verify.ts'
import { askSigner } from '../../demo/script/signer-socket.ts'
import { eventually } from '../../demo/script/story.ts'
import { tracesOf } from './kill-once.ts'
import { tracesIn } from './moments.ts'
import type { Notebook } from './notebook.ts'
import { readStore, type Stored } from './read-store.ts'
import type { Rig } from './rig.ts'

export interface Account {
  readonly entries: number
  readonly acknowledged: number
  /** How many runs ended how. */
  readonly outcomes: Readonly<Record<string, number>>
  /** What `chaperone verify` says. */
  readonly verdict: string
}

/** Throws when anything that was promised was lost, happened twice, or cannot be accounted for. */
export async function accountForAll(rig: Rig, note: Notebook): Promise<Account> {
  await rig.well()
  const stored = await atRest(rig)
  const events = await provenEvents(rig, stored)
  assert.equal(stored.waiting, 0, 'every event became an entry')
  stateIsFold(stored, events)
  acknowledgedIsThere(note, events)
  const outcomes = ranOnce(rig, note, events)
  await signerAccounts(rig)
  const verdict = await exportVerifies(rig)
  return { entries: events.length, acknowledged: note.acknowledged.length, outcomes, verdict }
}

/** When nothing is on its way any more: every run has an end and the outbox is empty. */
async function atRest(rig: Rig): Promise<Stored> {
  return eventually(
    'every run to have an end',
    async () => {
      const stored = await readStore(rig.demo)
      const open = stored.orders.some((order) => order.runs.some((run) => run.state !== 'ended'))
      return stored.waiting === 0 && !open ? stored : undefined
    },
    90,
  )
}

/** The tree and every checkpoint that was ever signed, proven from the tables. */
async function provenEvents({ demo }: Rig, { leaves, checkpoints }: Stored): Promise<readonly Event[]> {
  const root = JSON.parse(readFileSync(demo.installation.places.trustRoot, 'utf8')) as { logKey: string }
  const key = parseVerifierKey(root.logKey, nodeCrypto.sha256)
  assert.ok(key !== undefined)
  const log = {
    checkpoint: () => Promise.resolve(checkpoints.at(-1) ?? ''),
    entries: (from: number, to: number) =>
      Promise.resolve(leaves.slice(from, to).map((leaf, i) => ({ index: from + i, leaf }))),
  }
  return (await checkLog(log, key, checkpoints)).map((leaf) => {
    const event = decodeEvent(leaf)
    assert.ok(event.ok)
    return event.value
  })
}

/** No state without its events and no event without its state. */
function stateIsFold({ orders }: Stored, events: readonly Event[]): void {
  const reader = statementReader(nodeCrypto)
  const folded = new Map<string, WorkOrder>()
  for (const event of events)
    if ('order' in event && event.type !== 'log-exported')
      folded.set(event.order, apply(folded.get(event.order), event, reader))
  for (const order of orders) {
    assert.deepEqual(order, folded.get(order.order), `the state of ${order.order} is the fold of its events`)
    folded.delete(order.order)
  }
  assert.equal(folded.size, 0, 'no order is in the log alone')
}

function acknowledgedIsThere({ acknowledged }: Notebook, events: readonly Event[]): void {
  for (const { type, order } of acknowledged) {
    const found = events.some((event) => event.type === type && 'order' in event && event.order === order)
    assert.ok(found, `${type} of ${order} was acknowledged and is in the log`)
  }
}

/** Runs end once, and the target's own traces are those that the outcomes allow. */
function ranOnce(rig: Rig, { orders }: Notebook, events: readonly Event[]): Readonly<Record<string, number>> {
  const traces = tracesIn(tracesOf(rig))
  const outcomes: Record<string, number> = {}
  for (const [word, order] of orders) {
    const ofOrder = events.filter((event) => 'order' in event && event.order === order)
    const intended = ofOrder.filter((event) => event.type === 'run-intended')
    const ended = ofOrder.filter((event): event is EventOf<'run-ended'> => event.type === 'run-ended')
    assert.ok(intended.length <= 1, `one intent for ${word}`)
    assert.equal(ended.length, intended.length, `every run of ${word} has one end`)
    const began = traces.filter((line) => line === `${word} began`).length
    const finished = traces.filter((line) => line === `${word} ended`).length
    const result = ended[0]?.outcome.result ?? 'not-allowed'
    outcomes[result] = (outcomes[result] ?? 0) + 1
    assert.ok(began <= 1, `${word} ran ${began} times`)
    if (result === 'succeeded') assert.equal(finished, 1, `${word} succeeded and left both traces`)
    if (result === 'not-started' || result === 'not-allowed') assert.equal(began, 0, `${word} did not start`)
    assert.notEqual(result, 'failed', `${word} was interrupted and is not called failed`)
  }
  return outcomes
}

async function signerAccounts({ demo }: Rig): Promise<void> {
  const status = await askSigner(demo.installation.places.sockets.signer, 'GET', '/status')
  assert.deepEqual(status['unaccounted'], [])
}

async function exportVerifies(rig: Rig): Promise<string> {
  await eventually(
    'the signer to have cosigned everything',
    async () => {
      const { size, cosignedSize } = await rig.auditor.call('logStatus')
      return size === cosignedSize ? true : undefined
    },
    60,
  )
  const file = join(rig.folder, 'export.tar')
  writeFileSync(file, await rig.auditor.download(exportPath))
  const { verification } = chaperoneVerify(file, rig.demo.installation.places.trustRoot)
  for (const rule of verification.rules) {
    assert.notEqual(rule.verdict, 'broken', `${rule.rule}: ${JSON.stringify(rule.first)}`)
    if (rule.verdict === 'unproven') assert.ok(rule.missing.length > 0, `${rule.rule} says what is missing`)
  }
  return verification.verdict
}
