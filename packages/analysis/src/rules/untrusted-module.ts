import { isUntrustedFolder } from '../places/folders.ts'
import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'untrusted-module',
  level: 'stop',
  why: 'Code from a folder that anybody may write into becomes part of the kernel.',
  techniques: ['T1547.006', 'T1014'],
  needs: { programs: ['insmod', 'kextload', 'modprobe'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) =>
        /^(insmod|kextload|modprobe)$/.test(programOf(command)) &&
        wordsOf(command)
          .slice(1)
          .some((word) => (isUntrustedFolder(word) && /\//.test(word)) || /^\.?\/?[\w.-]+\.ko$/.test(word)),
      () => 'a module from an unsafe place is loaded into the kernel',
    ),
  fires: ['insmod /tmp/x.ko', 'insmod ./x.ko'],
  silent: ['modprobe br_netfilter', 'lsmod', 'insmod /lib/modules/6.1/kernel/net/x.ko'],
}
