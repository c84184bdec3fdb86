import { textOf } from '../evaluate/value.ts'
import { eachEffect, programOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'disguised-program',
  level: 'stop',
  why: 'A program runs under the name of another one: process lists and logs show something that is not true.',
  techniques: ['T1036'],
  needs: { effects: ['display-deception'] },
  find: (facts) =>
    eachEffect(
      facts,
      (effect, command) =>
        effect.type === 'display-deception' &&
        (programOf(command) === 'exec' ? !/^-/.test((effect.value && textOf(effect.value)) ?? '') : true),
      (effect) => `something runs under another name: ${effect.place}`,
    ),
  fires: ['exec -a "[kworker/0:1]" cat /etc/hosts', 'hash -p /dev/shm/.u df'],
  silent: ['exec bash', 'hash -r', 'exec -a -bash bash'],
}
