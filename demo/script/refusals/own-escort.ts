import { decidingBlob } from '../story.ts'
import { signAs } from '../participant.ts'
import { askToIssue, issueRequest } from '../signer-socket.ts'
import { keptApproval, smallOrder, type Attack } from './attack.ts'

export const ownEscort: Attack = {
  title: 'The author as their own escort',
  async attempt(scene) {
    const { tell, people, desk } = scene
    const { secondEscort, escort } = people
    const submission = smallOrder(scene, 'Written by somebody who is an escort too')
    const { order, version } = await secondEscort.api.call('submitOrder', { body: submission })
    const own = await secondEscort.api.ask('claimOrder', { params: { order }, body: { version } })
    // To a would-be escort an order that is not theirs to judge is no order.
    tell.refused('claiming one’s own order', 'gateway', own.ok ? undefined : own.error.code, 'order-unknown')
    await escort.api.call('claimOrder', { params: { order }, body: { version } })
    const approval = await keptApproval(scene, { order, version })
    const text = approval.signed.text.replace(
      `escort ${escort.member.person}`,
      `escort ${secondEscort.member.person}`,
    )
    const blob = await decidingBlob(scene, secondEscort)
    const signed = signAs(secondEscort, blob, 'allow', text, desk.origin)
    const answer = await askToIssue(scene, issueRequest({ ...approval, signed }))
    tell.refused(
      'the author’s own valid signature under the approval',
      'signer',
      answer.code,
      'escort-is-author',
    )
  },
}
