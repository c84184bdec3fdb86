import type { DerivedEffect } from '../effects/derived-effect.ts'
import type { ResolvedCommand } from '../evaluate/machine.ts'
import { eachEffect, programOf, wordsOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'log-tamper',
  level: 'stop',
  why: 'Records of what happened on the machine are emptied, deleted or rewritten.',
  techniques: ['T1070', 'T1685.006', 'T1690'],
  needs: { effects: ['log-tamper', 'delete-data', 'write-file'] },
  find: (facts) =>
    eachEffect(
      facts,
      destroysRecord,
      (effect) => `records in ${effect.place === '' ? 'the log' : effect.place} are removed or switched off`,
    ),
  fires: [
    'rm -f /var/log/auth.log',
    ': > /var/log/syslog',
    'truncate -s 0 /var/log/wtmp',
    'rm ~/.bash_history',
    'ln -sf /dev/null ~/.bash_history',
  ],
  silent: [
    'tail /var/log/syslog',
    'truncate -s 0 /var/log/app/debug.log',
    "find /var/log -name '*.gz' -mtime +90 -delete",
    'journalctl --disk-usage',
  ],
}

function destroysRecord(effect: DerivedEffect, command: ResolvedCommand): boolean {
  if (effect.type === 'log-tamper') return true
  if (!effect.kinds.includes('system-log') && !effect.kinds.includes('history')) return false
  if (effect.type === 'delete-data') return !agedOnly(command)
  if (effect.type !== 'write-file') return false
  const appends = command.redirects.some(
    (redirect) => redirect.operator === '>>' && redirect.span.start === effect.span.start,
  )
  const words = wordsOf(command)
  if (appends || (programOf(command) === 'tee' && words.some((word) => /^(-a|--append)$/.test(word))))
    return false
  return !/^(logger|logrotate|rsyslogd|chmod|chown|touch|mkdir|rsync|script|nohup|install)$/.test(
    programOf(command),
  )
}

/** Rotated logs older than some days are housekeeping. */
function agedOnly(command: ResolvedCommand): boolean {
  const words = [...wordsOf(command), ...command.via]
  return (
    words.some((word) => /^-(m|c|a)(time|min)$|^-size$/.test(word)) ||
    words.some((word) => /\.(gz|xz|bz2|zst|\d+|old)$/.test(word))
  )
}
