import type { TechnicianOrder } from '@chaperone/contract'
import { instantNow } from '../../demonstration.ts'
import { routineOrder } from '../../sample-orders.ts'
import { reviewOf, type Story } from '../story.ts'

/** The technician asks; the escort claims, questions, is answered. */
export async function submitOrder(story: Story): Promise<TechnicianOrder> {
  const { tell, people, demo } = story
  const { technician, escort } = people
  tell.stage('A work order of six steps, claimed, questioned, answered')
  const submission = routineOrder(demo.targets, instantNow())
  const submitted = await technician.api.call('submitOrder', { body: submission })
  const { order, version } = submitted
  tell.show(
    'work order',
    `${order} version ${version}, ${submission.steps.length} steps and ${submission.rollback?.length ?? 0} to go back`,
  )
  const inbox = await escort.api.call('inbox', { query: {} })
  tell.expect(
    'it waits in the escort’s inbox',
    inbox.some((one) => one.order === order && one.claim === null),
  )
  await escort.api.call('claimOrder', { params: { order }, body: { version } })
  const text = 'Does a change of workers drop bookings that are being entered?'
  await escort.api.call('askQuestion', { params: { order }, body: { version, step: 6, text } })
  const asked = await technician.api.call('myOrder', { params: { order } })
  tell.expect('the technician sees the question', asked.questions[0]?.text === text)
  await technician.api.call('answerQuestion', {
    params: { order, question: 1 },
    body: { text: 'No: what was accepted before is finished first.' },
  })
  const review = await reviewOf(story, order)
  tell.show('order digest', review.orderDigest)
  for (const { step, digest, account, target, hostKeys, analysis } of review.steps.slice(0, 6))
    tell.show(
      `step ${step} ${analysis.level}`,
      `${digest.slice(0, 16)}… ${account}@${target} ${hostKeys[0] ?? ''}`,
    )
  tell.expect('the escort sees the answer', review.questions[0]?.answer?.startsWith('No:') === true)
  return submitted
}
