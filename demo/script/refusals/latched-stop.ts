import { createHash } from 'node:crypto'
import { namespaceOf, printStatement, type SignedStatement, type Statement } from '@chaperone/domain'
import { fromUtf8 } from '@chaperone/encoding'
import type { Officer } from '@chaperone/installation'
import { instantNow } from '../../demonstration.ts'
import { eventually } from '../story.ts'
import { askSigner, askToIssue, issueRequest } from '../signer-socket.ts'
import { claimedOrder, keptApproval, smallOrder, type Attack, type Scene } from './attack.ts'

export const latchedStop: Attack = {
  title: 'A latched stop',
  async attempt(scene) {
    const { tell, demo, people } = scene
    const approval = await keptApproval(
      scene,
      await claimedOrder(scene, smallOrder(scene, 'Look at the clock')),
    )
    const [officer, second] = demo.officers
    if (officer === undefined || second === undefined) throw new Error('there are two officers')
    const { sockets } = demo.installation.places
    const issued = instantNow()
    const stop = await signedBy(officer, {
      kind: 'stop',
      scope: 'target',
      value: demo.targets.web.targetId,
      officer: officer.person,
      issued,
      expires: 'never',
    })
    const latched = await askSigner(sockets.officers, 'POST', '/stop', stop)
    tell.show('one officer stops web-1', `at the signer’s own socket, past the gateway: ${latched.status}`)
    const answer = await askToIssue(scene, issueRequest(approval))
    tell.refused('a certificate for web-1', 'signer', answer.code, 'stopped')
    const digest = createHash('sha256').update(stop.text).digest('hex')
    const lift = (by: Officer) => signedBy(by, { kind: 'lift', stop: digest, officer: by.person, issued })
    const alone = await askSigner(sockets.officers, 'POST', '/lift', {
      stop: digest,
      statements: [await lift(officer)],
    })
    tell.refused('one officer lifts it alone', 'signer', alone.code, 'officers-needed')
    await people.officer.call('orderStop', { body: stop })
    const { technician } = people
    const refused = await technician.api.ask('submitOrder', { body: smallOrder(scene, 'Look at the clock') })
    tell.refused('new work for web-1', 'gateway', refused.ok ? undefined : refused.error.code, 'stopped')
    const statements = [await lift(officer), await lift(second)]
    await people.officer.call('liftStop', { body: { stop: digest, statements } })
    await stopsGone(scene)
    tell.expect('two officers lift it; gateway and signer go on', true)
  },
}

async function stopsGone({ demo }: Scene): Promise<void> {
  await eventually('the signer to read that the stop is lifted', async () => {
    const { stops } = await askSigner(demo.installation.places.sockets.signer, 'GET', '/status')
    return Array.isArray(stops) && stops.length === 0 ? true : undefined
  })
}

async function signedBy(officer: Officer, statement: Statement): Promise<SignedStatement> {
  const bytes = printStatement(statement)
  const signature = await officer.sign(bytes, namespaceOf(statement.kind))
  return { text: fromUtf8(bytes) ?? '', signature }
}
