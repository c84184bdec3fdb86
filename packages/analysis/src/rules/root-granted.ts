import type { Facts } from '../effects/derived-effect.ts'
import { textOf } from '../evaluate/value.ts'
import { by, programOf, wordsOf, type Match, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'root-granted',
  level: 'stop',
  why: 'Somebody gets every right on the machine: a second root account, commands without a password, or a login that accepts anything.',
  techniques: ['T1136.001', 'T1548.003', 'T1556.003', 'T1098'],
  find: (facts) => [...written(facts), ...accounts(facts)],
  fires: [
    "echo 'ana ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ana",
    "echo 'x:x:0:0::/root:/bin/sh' >> /etc/passwd",
    'useradd -o -u 0 svc',
    "sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/sshd",
    'sudo -u#-1 id',
  ],
  silent: [
    "echo 'deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart app' | sudo tee /etc/sudoers.d/deploy",
    'useradd -m ana',
    "sed -i 's/^# deny = 3/deny = 5/' /etc/security/faillock.conf",
    'sudo -u postgres psql',
  ],
}

const grants =
  /(NOPASSWD:?\s*ALL\s*($|\\n|["'|&}]))|(ALL\s*=\s*\(ALL(:ALL)?\)\s*ALL\s*$)|!authenticate|!tty_tickets|timestamp_timeout\s*=\s*-1/m
const secondRoot = /(^|\n|\\n|["'])[\w.-]+:[^:\n]*:0+:\d*:[^:\n]*:[^:\n]*:\S*/
const openLogin =
  /pam_permit\.so|auth\s+(sufficient|required|optional)\s+\/(tmp|var\/tmp|dev\/shm|home)\/|pam_exec\.so|nullok_secure.*nullok|log_passwd/

/** What is written into the files that say who may do what. */
function written(facts: Facts): readonly Match[] {
  return facts.effects.flatMap((effect) => {
    const guards = effect.kinds.includes('accounts') || effect.kinds.includes('privileges')
    if (!guards || !/^(write-file|config-change|account-change|privilege-change)$/.test(effect.type))
      return []
    const command = by(facts, effect)
    const before = facts.commands.slice(Math.max(0, effect.by - 3), effect.by + 1)
    const texts = [...before.flatMap(wordsOf), (command.stdin && textOf(command.stdin)) ?? '']
    const risky =
      effect.from === 'code' ||
      texts.some(
        (text) =>
          grants.test(text) ||
          openLogin.test(text) ||
          (effect.kinds.includes('accounts') && secondRoot.test(text)),
      )
    return risky
      ? [{ message: `what is written into ${effect.place} gives somebody every right`, span: effect.span }]
      : []
  })
}

function accounts(facts: Facts): readonly Match[] {
  return facts.commands.flatMap((command) => {
    const words = wordsOf(command)
    const name = programOf(command)
    const at = words.findIndex((word) => /^(-\w*u|--uid)$/.test(word))
    const zero =
      /^(useradd|usermod|adduser)$/.test(name) &&
      ((at > 0 && words[at + 1] === '0') || words.some((word) => /^(-u0|--uid=0)$/.test(word)))
    const odd =
      name === 'sudo' &&
      words.some(
        (word, i) =>
          /^-u#?(-1|4294967295)$/.test(word) ||
          (word === '-u' && /^#?(-1|4294967295)$/.test(words[i + 1] ?? '')),
      )
    return zero || odd ? [{ message: 'an account becomes another root', span: command.span }] : []
  })
}
