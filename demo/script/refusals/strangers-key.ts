import { utf8 } from '@chaperone/encoding'
import { generateKey, signSshsig } from '@chaperone/node-crypto'
import { apiOf } from '../../api.ts'
import { deskToken } from './desk-token.ts'
import { askToIssue, issueRequest } from '../signer-socket.ts'
import { claimedOrder, keptApproval, smallOrder, type Attack } from './attack.ts'

export const strangersKey: Attack = {
  title: 'A stranger’s key',
  async attempt(scene) {
    const { tell, demo } = scene
    const approval = await keptApproval(
      scene,
      await claimedOrder(scene, smallOrder(scene, 'Look at the clock')),
    )
    const { text } = approval.signed
    const signed = { text, signature: signSshsig(generateKey().key, 'allow@chaperone', utf8(text)) }
    const answer = await askToIssue(scene, issueRequest({ ...approval, signed }))
    tell.refused(
      'the approval, signed with a key that nobody adopted',
      'signer',
      answer.code,
      'key-not-in-roster',
    )
    const handed = await apiOf(demo.gateway, { bearer: deskToken(scene) }).ask('deskComplete', {
      body: { ticket: approval.draft.ticket, statement: signed },
    })
    tell.refused(
      'the same, handed in with the desk’s token',
      'gateway',
      handed.ok ? undefined : handed.error.code,
      'key-not-in-roster',
    )
  },
}
