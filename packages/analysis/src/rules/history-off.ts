import { textOf } from '../evaluate/value.ts'
import type { Facts } from '../effects/derived-effect.ts'
import { programOf, wordsOf, type Match, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'history-off',
  level: 'stop',
  why: 'The shell is told to keep no history: nobody sees afterwards what was typed.',
  techniques: ['T1690', 'T1070.003'],
  find: (facts) => [...switchedOff(facts), ...variables(facts)],
  fires: ['unset HISTFILE', 'set +o history', 'export HISTSIZE=0', 'HISTFILE=/dev/null', 'history -c'],
  silent: ['history | tail', 'export HISTSIZE=10000', 'set -o pipefail', 'unset http_proxy'],
}

function switchedOff(facts: Facts): readonly Match[] {
  return facts.commands.flatMap((command) => {
    const words = wordsOf(command)
    const name = programOf(command)
    const off =
      (name === 'unset' && words.some((word) => /^HIST(FILE|SIZE|FILESIZE)$/.test(word))) ||
      (name === 'set' && words.includes('+o') && words.includes('history')) ||
      (name === 'history' && words.some((word) => /^-\w*[cdw]\w*$/.test(word)) && !words.includes('-a'))
    return off ? [{ message: 'the shell stops keeping a history of commands', span: command.span }] : []
  })
}

function variables(facts: Facts): readonly Match[] {
  return facts.commands.flatMap((command) => {
    const pairs = [
      ...command.assignments.map(({ name, value }) => [name, textOf(value)] as const),
      ...wordsOf(command).flatMap((word) => {
        const pair = /^(HIST\w+)=(.*)$/s.exec(word)
        return pair === null ? [] : [[pair[1] ?? '', pair[2]] as const]
      }),
    ]
    const off = pairs.some(
      ([name, value]) =>
        (/^HIST(SIZE|FILESIZE)$/.test(name) && value === '0') ||
        (name === 'HISTFILE' && (value === '' || value === '/dev/null')) ||
        (name === 'HISTCONTROL' && /ignore(both|space)/.test(value ?? '')) ||
        (name === 'HISTIGNORE' && value === '*'),
    )
    return off ? [{ message: 'the shell stops keeping a history of commands', span: command.span }] : []
  })
}
