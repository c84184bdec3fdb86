import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

const shell = /(^|\/)(ba|da|z|k)?sh$/
const system = /^\/(usr\/)?s?bin\/[\w.-]+$/

export const rule: Rule = {
  id: 'program-replaced',
  level: 'stop',
  why: 'A program of the system becomes a shell: whoever starts it, or whatever does with other rights, opens one.',
  techniques: ['T1574', 'T1036.003'],
  needs: { programs: ['ln', 'cp', 'mv', 'install'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        const words = wordsOf(command).filter((word, i) => i > 0 && !word.startsWith('-'))
        const [from, to] = [words[0] ?? '', words.at(-1) ?? '']
        return (
          /^(ln|cp|mv|install)$/.test(programOf(command)) &&
          shell.test(from) &&
          system.test(to) &&
          !shell.test(to)
        )
      },
      (command) => `${wordsOf(command).at(-1) ?? 'a program'} becomes a shell`,
    ),
  fires: ['ln -fs /bin/sh /bin/ln', 'cp /bin/bash /usr/bin/ping'],
  silent: ['ln -sf /bin/dash /bin/sh', 'cp tool /usr/local/bin/tool', 'ln -s /usr/bin/vim /usr/local/bin/vi'],
}
