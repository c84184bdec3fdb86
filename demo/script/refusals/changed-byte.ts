import { createHash } from 'node:crypto'
import { askToIssue, issueRequest } from '../signer-socket.ts'
import { claimedOrder, keptApproval, smallOrder, type Attack } from './attack.ts'

export const changedByte: Attack = {
  title: 'A changed byte',
  async attempt(scene) {
    const { tell } = scene
    const order = await claimedOrder(scene, smallOrder(scene, 'Look at the clock and the load'))
    const approval = await keptApproval(scene, order)
    const request = issueRequest(approval)
    const other = { length: 8, sha256: createHash('sha256').update('date -U\n').digest('hex') }
    const changed = {
      ...request,
      step: { ...request.step, document: { ...request.step.document, bytes: other } },
    }
    const one = await askToIssue(scene, changed)
    tell.refused('`date -U` instead of the signed `date -u`', 'signer', one.code, 'step-not-as-signed')
    const { text, signature } = approval.signed
    const later = {
      text: text.replace(/not-after (\d{4})/, (_, year) => `not-after ${Number(year) + 1}`),
      signature,
    }
    const two = await askToIssue(scene, { ...request, statements: [later] })
    tell.refused('a year more in the signed window', 'signer', two.code, 'signature-bad')
    const three = await askToIssue(scene, request)
    tell.refused('the approval as it is, but nothing of it logged', 'signer', three.code, 'intent-not-in-log')
  },
}
