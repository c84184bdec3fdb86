import { readFileSync } from 'node:fs'
import type { SignedStatement } from '@chaperone/domain'
import { adoptNext } from '../../adopt-keys.ts'
import { eventually, rosterNow } from '../story.ts'
import { askSigner, askToIssue, issueRequest } from '../signer-socket.ts'
import { claimedOrder, keptApproval, smallOrder, type Attack } from './attack.ts'

export const staleRoster: Attack = {
  title: 'A stale roster',
  async attempt(scene) {
    const { tell, demo, people } = scene
    const approval = await keptApproval(
      scene,
      await claimedOrder(scene, smallOrder(scene, 'Look at the clock')),
    )
    const { expires, version } = await rosterNow(scene)
    const next = await adoptNext(demo, people.officer, [{ kind: 'set-expiry', expires }])
    const { sockets } = demo.installation.places
    await eventually('the signer to have the new roster', async () => {
      const { rosterVersion } = await askSigner(sockets.signer, 'GET', '/status')
      return rosterVersion === next ? true : undefined
    })
    const answer = await askToIssue(scene, issueRequest(approval))
    tell.refused(
      `an approval under roster ${version}, now that ${next} is in force`,
      'signer',
      answer.code,
      'roster-stale',
    )
    const first = JSON.parse(readFileSync(demo.installation.places.bootstrap, 'utf8')) as FirstRoster
    const older = await askSigner(sockets.signer, 'POST', '/roster', {
      bytes: first.bytes,
      adoptions: first.adoptions,
    })
    tell.refused('roster 1 offered to the signer again', 'signer', older.code, 'roster-older')
  },
}

interface FirstRoster {
  readonly bytes: string
  readonly adoptions: readonly SignedStatement[]
}
