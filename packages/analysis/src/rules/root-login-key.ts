import { textOf } from '../evaluate/value.ts'
import { eachEffect, wordsOf, type Rule } from './rule.ts'

const key = /(ssh-(rsa|dss|ed25519)|ecdsa-sha2-\w+|sk-ssh-\w+(@openssh\.com)?)\s+A{2,}/

export const rule: Rule = {
  id: 'root-login-key',
  level: 'stop',
  why: 'Whoever has the key logs in as root from anywhere, past every approval.',
  techniques: ['T1098.004'],
  needs: { effects: ['write-file'] },
  find: (facts) =>
    eachEffect(
      facts,
      (effect, command) => {
        if (!effect.kinds.includes('login-keys') || effect.type !== 'write-file') return false
        const texts = [
          ...wordsOf(command),
          ...facts.commands.slice(Math.max(0, effect.by - 2), effect.by).flatMap(wordsOf),
          (command.stdin && textOf(command.stdin)) ?? '',
        ]
        const ofRoot = effect.place.startsWith('/root/')
        return (
          ofRoot &&
          (effect.from === 'redirect' || texts.some((text) => key.test(text)) || effect.from === 'code')
        )
      },
      (effect) => `a key is added to ${effect.place}: its holder can log in as root`,
    ),
  fires: [
    'echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 x" >> /root/.ssh/authorized_keys',
    'cat k.pub >> ~root/.ssh/authorized_keys',
  ],
  silent: [
    'cat jo.pub >> /home/jo/.ssh/authorized_keys',
    'chmod 600 /root/.ssh/authorized_keys',
    'echo "Host web2" >> ~/.ssh/config',
  ],
}
