import { eachEffect, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'container-escape',
  level: 'stop',
  why: 'A container that holds the disk, the processes or the control socket of the machine is root on the machine.',
  techniques: ['T1611'],
  find: (facts) =>
    eachEffect(
      facts,
      (effect) => effect.type === 'container-escape',
      () => 'a container gets hold of the machine that it runs on',
    ),
  fires: ['docker run --rm -v /:/host alpine chroot /host sh', 'nsenter -t 1 -m -u -i -n sh'],
  silent: ['docker run --rm -v "$PWD":/w alpine ls /w', 'docker ps'],
}
