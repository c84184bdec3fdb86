import { askSigner } from '../signer-socket.ts'
import type { Attack } from './attack.ts'

export const rewoundLog: Attack = {
  title: 'A rewound log',
  async attempt({ tell, demo, done, people }) {
    const { signer } = demo.installation.places.sockets
    const { size, checkpoint } = await people.auditor.api.call('logStatus')
    const earlier = done.earlierCheckpoint
    const signed = (text: string) => text.split('\n')[1] ?? '?'
    tell.show('the log then and now', `${signed(earlier)} entries, ${signed(checkpoint)} entries`)
    const back = await askSigner(signer, 'POST', '/log', {
      from: Number(signed(earlier)),
      entries: [],
      checkpoint: earlier,
    })
    tell.refused(
      'the log as it was before the order ran, properly signed',
      'signer',
      back.code,
      'log-rewound',
    )
    const again = await askSigner(signer, 'POST', '/log', { from: 0, entries: [], checkpoint: null })
    tell.refused('a log that begins anew', 'signer', again.code, 'log-rewound')
    const gap = await askSigner(signer, 'POST', '/log', { from: size + 100, entries: [], checkpoint: null })
    tell.refused('a log with a gap', 'signer', gap.code, 'log-gap')
  },
}
