import { isUntrustedFolder } from '../places/folders.ts'
import type { Facts } from '../effects/derived-effect.ts'
import { programOf, wordsOf, type Match, type Rule } from './rule.ts'

const interpreters =
  /(^|\/)((ba|da|z|k|c)?sh|python[\d.]*|perl[\d.]*|ruby[\d.]*|node|php[\d.]*|lua[\d.]*|vim?|vim\.\w+|nano|find|awk|gawk|nmap|less|more|env|cp|mv|tar|gdb|busybox|dd|tee|rsync|docker|sed|ed)$/

export const rule: Rule = {
  id: 'set-uid-program',
  level: 'stop',
  why: 'A program that can run other programs, or that lies where anybody may put one, gets the rights of root for everybody who starts it.',
  techniques: ['T1548.001'],
  needs: { programs: ['chmod', 'install', 'setcap'] },
  find: (facts) => [...modes(facts), ...capabilities(facts)],
  fires: [
    'chmod 4755 /var/tmp/b',
    'chmod u+s /bin/bash',
    'install -m 4755 /bin/sh /var/tmp/.s',
    'setcap cap_setuid=ep /usr/bin/python3',
  ],
  silent: [
    'chmod 755 /usr/local/bin/app',
    'setcap cap_net_bind_service=+ep /usr/local/bin/caddy',
    'chmod u+x run.sh',
    'chmod g+s /srv/shared',
  ],
}

const setUid = /^0?[4567][0-7]{3}$|^[ugoa,]*u?[ugoa]*[+=][rwxX]*s/

function modes(facts: Facts): readonly Match[] {
  return facts.commands.flatMap((command) => {
    const words = wordsOf(command)
    const name = programOf(command)
    if (name !== 'chmod' && name !== 'install') return []
    const mode =
      name === 'chmod'
        ? words.find((word, i) => i > 0 && setUid.test(word))
        : (words.find((word, i) => setUid.test(word) && /^(-m|--mode)$/.test(words[i - 1] ?? '')) ??
          words.find((word) => /^--mode=0?[4567]\d{3}|^-m0?[4567]\d{3}/.test(word)))
    if (mode === undefined || /^g[+=]/.test(mode)) return []
    const files = words.slice(1).filter((word) => word !== mode && !word.startsWith('-'))
    const risky = files.some(
      (file) => interpreters.test(file) || isUntrustedFolder(file) || !file.includes('/'),
    )
    return risky
      ? [
          {
            message: `whoever starts ${files.at(-1) ?? 'it'} gets the rights of its owner`,
            span: command.span,
          },
        ]
      : []
  })
}

function capabilities(facts: Facts): readonly Match[] {
  return facts.commands.flatMap((command) => {
    const words = wordsOf(command)
    if (programOf(command) !== 'setcap') return []
    const strong = words.some((word) =>
      /cap_(setuid|setgid|dac_override|dac_read_search|sys_admin|sys_ptrace|sys_module|chown|fowner|all)/i.test(
        word,
      ),
    )
    const risky = words.some((word) => interpreters.test(word) || isUntrustedFolder(word))
    return strong || (risky && /cap_/.test(words.join(' ')) && words.some((word) => interpreters.test(word)))
      ? [{ message: `${words.at(-1) ?? 'a program'} may become root`, span: command.span }]
      : []
  })
}
