import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'
import { kindsOfPath } from '../places/places.ts'

export const rule: Rule = {
  id: 'secret-opened',
  level: 'stop',
  why: 'A secret file is made readable for others than its owner.',
  techniques: ['T1222.002', 'T1003.008'],
  needs: { programs: ['chmod', 'chown', 'setfacl'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        if (!/^(chmod|chown|setfacl)$/.test(programOf(command))) return false
        const words = wordsOf(command)
        const secret = words
          .slice(1)
          .some((word) => /^\/(etc|root)\//.test(word) && kindsOfPath(word).includes('credential'))
        return secret && opens(programOf(command), words.slice(1))
      },
      () => 'a secret file is made readable for others',
    ),
  fires: ['chmod 644 /etc/shadow', 'chown ana /root/.ssh/id_rsa', 'setfacl -m u:ana:r /etc/shadow'],
  silent: [
    'chmod 640 /etc/shadow',
    'chown root:shadow /etc/shadow',
    'chmod 600 /root/.ssh/id_rsa',
    'setfacl -m u:nagios:r /var/log/secure',
  ],
}

function opens(program: string, words: readonly string[]): boolean {
  switch (program) {
    case 'chmod':
      return words.some((word) => /^0?[0-7]?[0-7][0-7][4-7]$|^[augo]*[ao][augo]*[+=]\w*r|^\+r/.test(word))
    case 'chown':
      return !words.some((word) => /^(root|0)(:|$)/.test(word))
    case 'setfacl':
      return words.some((word) => /^(-\w*m|--modify)/.test(word))
    default:
      return false
  }
}
