import { entriesOf } from '../story.ts'
import { askToIssue, issueRequest } from '../signer-socket.ts'
import { claimedOrder, keptApproval, smallOrder, type Attack } from './attack.ts'

export const outOfOrder: Attack = {
  title: 'A step out of order',
  async attempt(scene) {
    const { tell, done } = scene
    const order = await claimedOrder(scene, smallOrder(scene, 'Look at the load before the clock'))
    const approval = await keptApproval(scene, order)
    const answer = await askToIssue(scene, issueRequest(approval, 2))
    tell.refused('step 2 before step 1 has run', 'signer', answer.code, 'intent-not-in-log')
    const intents = (await entriesOf(scene, done.order)).filter(({ type }) => type === 'run-intended')
    const borrowed = issueRequest(approval, 2, { intent: intents[1]?.index ?? 0 })
    const other = await askToIssue(scene, borrowed)
    tell.refused(
      'step 2 with the intent of another order’s step 2',
      'signer',
      other.code,
      'intent-not-in-log',
    )
  },
}
