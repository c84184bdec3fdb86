import { eachCommand, eachEffect, programOf, wordsOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'container-escape',
  level: 'stop',
  why: 'A container that holds the disk, the processes or the control socket of the machine is root on the machine.',
  techniques: ['T1611'],
  find: (facts) => [
    ...eachCommand(facts, holdsTheHost, () => 'a container gets hold of the machine that it runs on'),
    ...eachEffect(
      facts,
      (effect) => effect.type === 'container-escape',
      () => 'a container gets hold of the machine that it runs on',
    ),
  ],
  fires: ['docker run --rm -v /:/host alpine chroot /host sh', 'nsenter -t 1 -m -u -i -n sh'],
  silent: ['docker run --rm -v "$PWD":/w alpine ls /w', 'docker ps'],
}

const hostMount =
  /^(\/|\/(etc|root|proc|var\/run\/docker\.sock|run\/docker\.sock|run\/containerd\/containerd\.sock)\/?):/
const hostSource = /(src|source)=(\/|\/etc|\/root|\/proc)(,|$)/

/** The whole disk, the processes or the control socket of the machine, handed to a container. */
function holdsTheHost(command: Parameters<Parameters<typeof eachCommand>[1]>[0]): boolean {
  const words = wordsOf(command)
  switch (programOf(command)) {
    case 'docker':
    case 'podman':
    case 'nerdctl':
      return words.some(
        (word, i) =>
          hostMount.test(word.replace(/^(-v|--volume)=?/, '')) ||
          hostSource.test(word) ||
          /^--pid=host$/.test(word) ||
          (word === 'host' && words[i - 1] === '--pid'),
      )
    case 'ctr':
      return words.some((word) => hostSource.test(word))
    case 'lxc':
    case 'incus':
      return words.some((word) => /^security\.privileged=true$|^source=\/$/.test(word))
    case 'nsenter':
      return (
        words.some((word, i) => /^(-t|--target)$/.test(words[i - 1] ?? '') && word === '1') ||
        words.some((word) => /^(-t1|--target=1)$/.test(word))
      )
    case 'kubectl':
      return words.some((word) =>
        /"?hostPID"?:\s*true|"?hostPath"?:\s*\{\s*"?path"?:\s*"?\/"|"privileged"\s*:\s*true/.test(word),
      )
    default:
      return false
  }
}
