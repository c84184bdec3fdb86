import { deskClient } from '../../demo/script/desk-client.ts'
import { decide, enrol, type Participant } from '../../demo/script/participant.ts'
import { eventually } from '../../demo/script/story.ts'
import { adoptCollectedKeys } from '../../demo/adopt-keys.ts'
import { instantNow } from '../../demo/demonstration.ts'
import { cast } from '../../demo/organisation.ts'
import { bashStep, window } from '../../demo/sample-orders.ts'
import type { Review, Submission } from '@chaperone/contract'
import { instantOf, secondsOf } from '@chaperone/encoding'
import type { Stage } from './start-stage.ts'
import { submit } from './submit.ts'

type Phase = Review['phase']

/** Order ids by the phase that each of them stays in, brought there by the second escort with keys in software. */
export async function ordersInEveryPhase(stage: Stage): Promise<Readonly<Record<Phase, string>>> {
  const { installation, gateway } = stage.demo
  const { desk } = installation.config
  const at = deskClient(`http://127.0.0.1:${desk.listen.port}`, desk.origin)
  const { person } = cast.secondEscort
  const { url } = await stage.officer.call('issueEnrolment', { params: { person } })
  const escort = await enrol(cast.secondEscort, url, gateway, at)
  await adoptCollectedKeys(stage.demo, stage.officer)

  async function claimed(purpose: string, steps: readonly string[], rest: Partial<Submission> = {}) {
    const { order, version } = await submit(stage, purpose, steps, rest)
    await escort.api.call('claimOrder', { params: { order }, body: { version } })
    return { order, version }
  }
  async function allowed(purpose: string, steps: readonly string[], rest: Partial<Submission> = {}) {
    const { order, version } = await claimed(purpose, steps, rest)
    const wanted = (rest.steps ?? steps).map((_, i) => i + 1)
    await decide(escort, at, order, { kind: 'allow', version, steps: wanted })
    return { order, version }
  }
  const { db } = stage.demo.targets
  const later = instantOf(secondsOf(instantNow()) + 3600)
  const soon = { ...window(instantNow(), 5) }

  const expired = await submit(stage, 'Too late: nobody looked in time', ['uptime'], soon)
  const inReview = await claimed('Read the status of orders', ['uptime'])
  const questioned = await claimed('Restart something', ['true'])
  await escort.api.call('askQuestion', {
    params: { order: questioned.order },
    body: { version: questioned.version, step: 1, text: 'What is restarted by this?' },
  })
  const second = await allowed('Sizes of the archive', [], { steps: [bashStep(db, 'du -sk .\n')] })
  const waiting = await allowed('Tonight: rotate the log', ['true'], window(later))
  const done = await allowed('Show who is logged in', ['echo nobody', 'printf "\\033[31mred\\033[0m\\n" >&2'])
  const halted = await allowed('Check the queue', ['echo checking; exit 7', 'true'])
  const withdrawn = await submit(stage, 'A mistake of mine', ['true'])
  const technician = await stage.demo.signIn(cast.technician.person)
  await technician.call('withdrawOrder', {
    params: { order: withdrawn.order },
    body: { version: withdrawn.version },
  })
  const forbidden = await claimed('Read the password file', ['cat /etc/shadow'])
  await decide(escort, at, forbidden.order, { kind: 'forbid', version: forbidden.version, steps: [1] })
  const undo = { rollback: [bashStep(stage.demo.targets.web, 'true\n')] }
  const frozen = await allowed('Change the limits', ['true', 'sleep 500'], undo)
  await reached(escort, frozen.order, 'running')
  await escort.api.call('freeze', { params: { order: frozen.order }, body: { version: frozen.version } })
  const running = await allowed('Follow the log', ['echo following; exec sleep 600'])
  const waitingForEscort = await submit(
    stage,
    'Hidden letters in a command',
    ['echo "a\u202eb\u200b"\r'],
    undo,
  )
  const phases = {
    'waiting-for-escort': waitingForEscort.order,
    'in-review': inReview.order,
    'question-open': questioned.order,
    'waiting-for-second-escort': second.order,
    'waiting-for-window': waiting.order,
    running: running.order,
    halted: halted.order,
    done: done.order,
    forbidden: forbidden.order,
    withdrawn: withdrawn.order,
    frozen: frozen.order,
    expired: expired.order,
  }
  for (const [phase, order] of Object.entries(phases)) await reached(escort, order, phase as Phase)
  return phases
}

async function reached({ api }: Participant, order: string, phase: Phase): Promise<void> {
  await eventually(
    `order ${order} to be ${phase}`,
    async () => {
      const review = await api.call('review', { params: { order } })
      return review.phase === phase ? true : undefined
    },
    60,
  )
}
