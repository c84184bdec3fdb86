import { isWorldWritable } from '../places/folders.ts'
import { eachEffect, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'unseen-from-writable',
  level: 'stop',
  why: 'What runs lies where everybody on the machine may put it, and nobody has shown it: it is whatever was put there last.',
  techniques: ['T1204.002', 'T1574'],
  needs: { effects: ['exec-unknown-code'] },
  find: (facts) =>
    eachEffect(
      facts,
      (effect) => effect.type === 'exec-unknown-code' && isWorldWritable(effect.place),
      (effect) =>
        `${effect.place} is run: everybody on the machine may have put it there, and nobody has shown it`,
    ),
  fires: ['/tmp/tool --fix', 'sh /dev/shm/x', 'LD_PRELOAD=/tmp/x.so ls', 'sudo bash /var/tmp/setup.sh'],
  silent: ['./fix.sh', 'bash /srv/app/run.sh', 'echo ls > /tmp/j; sh /tmp/j', 'cat /tmp/x'],
}
