import { utf8, toBase64Url, toBeSigned } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { assertionOf, signAs } from '../participant.ts'
import { askToIssue, issueRequest } from '../signer-socket.ts'
import { claimedOrder, keptApproval, smallOrder, type Attack } from './attack.ts'

export const signInAsDecision: Attack = {
  title: 'A sign-in passed off as a decision',
  async attempt(scene) {
    const { tell, people, desk, demo } = scene
    const { escort } = people
    const approval = await keptApproval(
      scene,
      await claimedOrder(scene, smallOrder(scene, 'Look at the clock')),
    )
    const { text } = approval.signed
    // A hostile app asks for a sign-in whose challenge is not random but the very decision.
    const challenge = toBase64Url(toBeSigned('allow@chaperone', utf8(text), nodeCrypto.sha512))
    const touch = escort.authenticator.get({ challenge, userVerification: 'required' }, demo.gateway.origin)
    const atDesk = await desk.sign(approval.draft.ticket, assertionOf(touch))
    tell.refused(
      'the sign-in touch handed to the desk',
      'desk',
      atDesk.ok ? undefined : atDesk.error.code,
      'signature-malformed',
    )
    const signed = signAs(escort, escort.signInBlob, 'allow', text, demo.gateway.origin)
    const answer = await askToIssue(scene, issueRequest({ ...approval, signed }))
    tell.refused('the same packed as a signature', 'signer', answer.code, 'key-not-in-roster')
  },
}
