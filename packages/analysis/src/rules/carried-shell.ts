import { shown, textOf } from '../evaluate/value.ts'
import { baseName } from '../evaluate/paths.ts'
import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'
import type { ResolvedCommand } from '../evaluate/machine.ts'

const looking =
  /^(cat|ls|chmod|chown|rm|cp|mv|tee|grep|echo|printf|mkdir|cd|head|tail|stat|file|test|\[|touch|sed|install|ln|diff|wc|docker|podman|kubectl|systemctl|git|sudo|true|exit|export|scp|rsync|source|\.|useradd|usermod|chsh)$/
const givesShell =
  /["'\s(=:`|!]\/bin\/(ba|da|z|k)?sh\b(?!\s+-[a-z]*c)|system\s*\(\s*["'](\/bin\/)?(ba|z|k)?sh\b|exec\s+\/bin\/(ba)?sh|^\/bin\/(ba)?sh\s+(\d?[<>]|-i|-p)|\bexec\.Command\("\/bin\/(ba)?sh"|\bnc\b.*\s-e\s|["'](\/etc\/(shadow|sudoers|cron|profile\.d|ld\.so\.preload|systemd\/system|passwd)|[^"']*\/\.(ssh\/(authorized_keys|id_)|aws\/credentials|pgpass))/m
const shells =
  /^(ba|da|z|k)?sh$|^(psql|mysql|ssh|patch|git|mail|wall|logger|jq|yq|sort|uniq|tr|cut|awk|xargs|base64|crontab|python3?|perl|ruby|node)$/

/** One is enough; a step of thousands must not take long. */
const mostWriters = 20

export const rule: Rule = {
  id: 'carried-shell',
  level: 'stop',
  why: 'The step writes a file that opens a shell, and then makes a program read it that runs what such a file says.',
  techniques: ['T1059.004', 'T1127'],
  find: (facts) => {
    const writers = facts.commands.flatMap((command, index) =>
      writesShell(command) ? [{ command, index }] : [],
    )
    return eachCommand(
      facts,
      (command, index) => {
        if (looking.test(programOf(command)) || command.fields.length === 0) return false
        const input = command.stdin && textOf(command.stdin)
        if (input !== undefined && !shells.test(programOf(command)) && givesShell.test(` ${input}`))
          return true
        return writers
          .slice(0, mostWriters)
          .some((before) => before.index < index && reads(command, before.command))
      },
      (command) => `${programOf(command)} runs a file of this step that opens a shell`,
    )
  },
  fires: [`echo '{"scripts":{"x":"/bin/sh"}}' > package.json; npm run x`],
  silent: ['echo "#!/bin/sh" > run.sh; chmod +x run.sh', 'echo "SHELL=/bin/bash" > x.env; cat x.env'],
}

/** What a command writes into a file, when that is known. */
function writesShell(command: ResolvedCommand): boolean {
  const target = command.redirects.find((one) => /^(>|>>|&>)/.test(one.operator))
  if (target === undefined && programOf(command) !== 'tee') return false
  const text = [...wordsOf(command).slice(1), (command.stdin && textOf(command.stdin)) ?? ''].join('\n')
  return givesShell.test(` ${text.replace(/#!\s*\/\S+/g, '')}`)
}

const byName =
  /^(npm|yarn|pnpm|npx|make|gmake|rake|bundle|composer|cargo|go|cobc|vagrant|ansible-playbook|terraform|meson|cmake|ninja|gradle|mvn|ant|brew|arch-nspawn|logrotate|rtorrent|screen|tmux)$/

function reads(command: ResolvedCommand, before: ResolvedCommand): boolean {
  if (byName.test(programOf(command))) return true
  const written = before.redirects
    .map((one) => baseName(shown(one.target) ?? ''))
    .filter((name) => name !== '')
  return wordsOf(command)
    .slice(1)
    .some((word) => written.some((name) => word.endsWith(name)))
}
