import { createHash } from 'node:crypto'
import type { AuditEntry, Review } from '@chaperone/contract'
import { decide } from '../participant.ts'
import { entriesOf, eventually, reviewOf, type DoneOrder, type Story } from '../story.ts'

const steps = [1, 2, 3, 4, 5, 6]

/** One touch allows all six; each runs once on a real sshd, under a certificate of its own, with its intent logged first. */
export async function allowAndRun(story: Story, order: string): Promise<DoneOrder> {
  const { tell, people, desk } = story
  tell.stage('One touch at the desk allows the list; each step runs once')
  const { checkpoint: earlierCheckpoint } = await people.auditor.api.call('logStatus')
  const { version } = await reviewOf(story, order)
  const { text, ticket } = await decide(people.escort, desk, order, { kind: 'allow', version, steps })
  tell.show('statement', `${createHash('sha256').update(text).digest('hex')} (${text.length} bytes)`)
  const review = await eventually('six steps to end', async () => {
    const seen = await reviewOf(story, order)
    const ended = seen.runs.filter((run) => run.state === 'ended')
    return ended.length === steps.length || ended.some((run) => run.outcome?.result !== 'succeeded')
      ? seen
      : undefined
  })
  await showRuns(story, review)
  return { order, ticket, earlierCheckpoint }
}

async function showRuns(story: Story, review: Review): Promise<void> {
  const { tell, demo } = story
  const entries = await entriesOf(story, review.order)
  for (const { step, run, outcome } of review.runs) {
    const of = (type: string) => entries.find((entry) => entry.type === type && entry.event['run'] === run)
    const intended = of('run-intended')?.index ?? -1
    const ended = of('run-ended')
    const serial = String(ended?.event['serial'])
    tell.show(
      `step ${step} ${outcome?.result ?? 'no outcome'}`,
      `run ${run} log ${intended}→${ended?.index ?? '?'} serial ${serial} ${recordedBytes(ended)} bytes`,
    )
  }
  const succeeded = review.runs.filter((run) => run.outcome?.result === 'succeeded')
  tell.expect('all six succeeded', succeeded.length === steps.length)
  const serials = entries
    .filter(({ type }) => type === 'run-ended')
    .map(({ event }) => String(event['serial']))
  const logins = (await demo.targets.web.log())
    .split('\n')
    .filter((line) => line.includes('Accepted publickey'))
  tell.expect(
    'the target’s own sshd log has one login for each, by certificate serial',
    serials.every((serial) => logins.filter((line) => line.includes(`(serial ${serial})`)).length === 1),
  )
}

function recordedBytes(ended: AuditEntry | undefined): number {
  const recording = ended?.event['recording'] as { readonly bytes: number } | null | undefined
  return recording?.bytes ?? 0
}
