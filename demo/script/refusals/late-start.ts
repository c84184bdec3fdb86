import { setTimeout as sleep } from 'node:timers/promises'
import { secondsOf } from '@chaperone/encoding'
import { apiOf } from '../../api.ts'
import { deskToken } from './desk-token.ts'
import { askToIssue, issueRequest } from '../signer-socket.ts'
import { claimedOrder, keptApproval, smallOrder, type Attack } from './attack.ts'

const windowSeconds = 5

export const lateStart: Attack = {
  title: 'A late start',
  async attempt(scene) {
    const { tell } = scene
    const submission = smallOrder(scene, 'Look at the clock within five seconds', windowSeconds)
    const approval = await keptApproval(scene, await claimedOrder(scene, submission))
    await sleep(secondsOf(submission.notAfter) * 1000 - Date.now() + 50)
    const answer = await askToIssue(scene, issueRequest(approval))
    tell.refused('a certificate, a moment after the window', 'signer', answer.code, 'window-closed')
    const { signed, draft } = approval
    const late = await apiOf(scene.demo.gateway, { bearer: deskToken(scene) }).ask('deskComplete', {
      body: { ticket: draft.ticket, statement: signed },
    })
    tell.refused(
      'the approval handed in after the window',
      'gateway',
      late.ok ? undefined : late.error.code,
      'window-closed',
    )
  },
}
