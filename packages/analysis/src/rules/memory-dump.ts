import { textOf } from '../evaluate/value.ts'
import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

const holdsSecrets =
  /sshd|ssh-agent|gnome-keyring|lsass|login|vsftpd|apache2|nginx|gpg-agent|sssd|su$|sudo|passwd/

export const rule: Rule = {
  id: 'memory-dump',
  level: 'stop',
  why: 'The memory of a running program holds the passwords and keys that pass through it.',
  techniques: ['T1003.007'],
  needs: { programs: ['gcore', 'gdb'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        const words = wordsOf(command)
        const dumps =
          programOf(command) === 'gcore' ||
          (programOf(command) === 'gdb' && words.some((word) => /dump memory|generate-core|gcore/.test(word)))
        const about = facts.commands.flatMap((one) =>
          one.fields.slice(1).map((field) => textOf(field.value) ?? ''),
        )
        return (
          dumps &&
          (about.some((word) => holdsSecrets.test(word)) ||
            words.some((word) => /dump memory/.test(word)) ||
            words.length < 3)
        )
      },
      () => 'the memory of a running program, with the secrets in it, is written to a file',
    ),
  fires: ['gcore -o /tmp/c $(pidof sshd)'],
  silent: ['pidof sshd', 'gdb -p 812 -batch -ex bt'],
}
