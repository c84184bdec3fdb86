import { instantNow } from '../../demonstration.ts'
import { questionableOrder } from '../../sample-orders.ts'
import { decide, signAndKeep } from '../participant.ts'
import { askToIssue, issueRequest } from '../signer-socket.ts'
import { decidingBlob, eventually, reviewOf, type Story } from '../story.ts'

/** Where the roster asks for two people, one person’s word is not enough, at the gateway and at the signer. */
export async function twoEscorts(story: Story): Promise<void> {
  const { tell, people, desk, demo } = story
  const { technician, escort, secondEscort } = people
  tell.stage('db-1 needs two escorts')
  const submission = questionableOrder(demo.targets, instantNow())
  const { order, version } = await technician.api.call('submitOrder', { body: submission })
  await escort.api.call('claimOrder', { params: { order }, body: { version } })
  const wish = { kind: 'allow' as const, version, steps: [1, 2] }
  const kept = await signAndKeep(escort, desk, await decidingBlob(story, escort), order, wish)
  const alone = await askToIssue(story, issueRequest(kept))
  tell.refused('a certificate with one escort’s approval', 'signer', alone.code, 'quorum-missing')
  await decide(escort, desk, order, wish)
  const waiting = await reviewOf(story, order)
  tell.expect(`after one: ${waiting.phase}, nothing runs`, waiting.runs.length === 0)
  await decide(secondEscort, desk, order, wish)
  const ended = await eventually('both steps to end', async () => {
    const { runs } = await reviewOf(story, order)
    return runs.filter(({ state }) => state === 'ended').length === 2 ? runs : undefined
  })
  for (const { step, run, outcome } of ended) tell.show(`step ${step} ${outcome?.result}`, `run ${run}`)
  tell.expect(
    'after two: both steps ran',
    ended.every(({ outcome }) => outcome?.result === 'succeeded'),
  )
}
