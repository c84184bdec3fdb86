import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

const names =
  /^(\*?\.?(id_[rd]sa|id_ed25519|id_ecdsa|gnupg|aws|kdbx|ppk|pem|p12|pfx|pgp|gpg|keytab|netrc|pgpass)\*?|\*?credentials\*?|\*?\.(pem|ppk|kdbx|p12|pfx|pgp|gpg|key)|\.git-credentials|key[34]\.db|logins\.json|login\.keychain|\.(bash|zsh)_history|\.ssh|wp-config\.php|\.env)$/i

export const rule: Rule = {
  id: 'bulk-secrets',
  level: 'stop',
  why: 'The whole machine, or every home folder, is searched for keys and passwords.',
  techniques: ['T1552.004', 'T1552.001'],
  needs: { programs: ['find', 'grep', 'egrep', 'rg', 'ack'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        const words = wordsOf(command)
        if (/^(grep|egrep|rg|ack)$/.test(programOf(command))) return searchesForPasswords(words)
        if (programOf(command) !== 'find') return false
        const wide =
          words
            .slice(1)
            .some((word) => /^(\/|\/home|\/root|\/Users|~|\/etc|\/opt|\/var|\/mnt)\/?$/.test(word)) ||
          words[1] === '//.aws'
        const at = words.findIndex((word, i) => /^-i?name$/.test(words[i - 1] ?? '') && names.test(word))
        const checks = words.some((word) =>
          /^-(perm|mtime|newer|delete|user|nouser|links|cmin|mmin)$/.test(word),
        )
        return wide && at > 0 && !checks
      },
      () => 'the machine is searched for keys and passwords',
    ),
  fires: ['grep -ri password /home', 'find / -name id_rsa', "find /home -name '*.pem'"],
  silent: ["find / -name '*.conf'", "find /etc -name '*.pem' -mtime +300", "find . -name '*.env'"],
}

function searchesForPasswords(words: readonly string[]): boolean {
  const deep = words.some((word) => /^-\w*[rR]\w*$|^--recursive$/.test(word))
  const wide = words
    .slice(1)
    .some((word) => /^(\/|\/home|\/root|\/Users|\/etc|\/var|\/opt)\/?\*?$/.test(word))
  const named = words
    .slice(1)
    .some(
      (word) =>
        /passw(or)?d|secret|api[_-]?key|BEGIN .*PRIVATE KEY|aws_access/i.test(word) && !/^-/.test(word),
    )
  return deep && wide && named
}
