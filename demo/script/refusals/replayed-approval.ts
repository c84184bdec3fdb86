import type { SignedStatement } from '@chaperone/domain'
import { entriesOf, reviewOf } from '../story.ts'
import { apiOf } from '../../api.ts'
import { deskToken } from './desk-token.ts'
import { askToIssue, issueRequest } from '../signer-socket.ts'
import { type Attack, type Scene } from './attack.ts'

export const replayedApproval: Attack = {
  title: 'A replayed approval',
  async attempt(scene) {
    const { tell, done } = scene
    const entries = await entriesOf(scene, done.order)
    const decision = entries.find(({ type }) => type === 'decision-recorded')
    const intent = entries.find(({ type, event }) => type === 'run-intended' && event['step'] === 1)
    if (decision === undefined || intent === undefined)
      throw new Error('the order that was done is not in the log')
    const signed = decision.event['statement'] as SignedStatement
    const draft = await openingsOf(scene)
    const answer = await askToIssue(scene, issueRequest({ draft, signed }, 1, { intent: intent.index }))
    tell.refused('the same approval for the same step, a second time', 'signer', answer.code, 'already-spent')
    const again = await apiOf(scene.demo.gateway, { bearer: deskToken(scene) }).ask('deskComplete', {
      body: { ticket: done.ticket, statement: signed },
    })
    tell.refused(
      'handed in again with its ticket',
      'gateway',
      again.ok ? undefined : again.error.code,
      'ticket-invalid',
    )
  },
}

/** The documents, as the gateway has them: a statement that forbids opens the same ones. */
async function openingsOf(scene: Scene) {
  const { escort } = scene.people
  const { order } = scene.done
  const { version } = await reviewOf(scene, order)
  const wish = { kind: 'forbid' as const, version, steps: [1] }
  const { ticket } = await escort.api.call('prepareSigning', { params: { order }, body: wish })
  return escort.api.call('signingDraft', { body: { ticket } })
}
