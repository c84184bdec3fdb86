import { eachEffect, programOf, wordsOf, type Rule } from './rule.ts'

const shell = /^(ba|da|z|k|c|tc|fi|a)?sh$/

/** Programs whose very purpose is a shell for the person at the keyboard. */
const givesShells =
  /^(exec|su|sudo|docker|podman|kubectl|lxc|nsenter|chroot|ssh|machinectl|screen|tmux|newgrp|login|byobu|mosh|vagrant|toolbox|distrobox|crictl|oc|nerdctl|ctr|schroot|systemd-nspawn|pct|virsh|apptainer|singularity|doas|runuser)$/

export const rule: Rule = {
  id: 'shell-escape',
  level: 'stop',
  why: 'A program made for something else is used to start a shell: what is typed there is neither in the order nor seen by anybody.',
  techniques: ['T1059.004', 'T1548'],
  needs: { effects: ['spawn-shell'] },
  find: (facts) =>
    eachEffect(
      facts,
      (effect, command) => {
        if (effect.type !== 'spawn-shell') return false
        const through = command.via.filter((one) => !givesShells.test(one.split(' ')[0] ?? ''))
        if (effect.from === 'word') return !givesShells.test(programOf(command)) || through.length > 0
        if (effect.from === 'knowledge' && !shell.test(programOf(command))) return false
        if (
          command.stdin !== undefined ||
          command.classified.nested.some((nested) => nested.kind !== 'code-from-stdin')
        )
          return false
        if (command.redirects.some(ontoItsInput)) return true
        return through.length > 0 || wordsOf(command).some((word) => /^-[a-z]*[pi][a-z]*$/.test(word))
      },
      (_, command) =>
        `${command.via.at(-1) ?? programOf(command)} is used to open a shell; what is typed in it is not part of this order`,
    ),
  fires: [
    'find . -exec /bin/sh \\; -quit',
    'awk \'BEGIN{system("/bin/sh")}\'',
    'timeout 0 /bin/sh -p',
    'env /bin/sh -p',
  ],
  silent: ['useradd -s /bin/bash ana', "find . -name '*.c' -exec grep -l x {} +", 'ls -l /bin/sh'],
}

/** `sh 1>&0`: the shell answers where it is typed to, as one does to get a terminal back. */
const ontoItsInput = ({
  operator,
  target,
}: {
  readonly operator: string
  readonly target: { readonly kind: string; readonly text?: string }
}): boolean =>
  (operator === '>&' && target.text === '0') ||
  (/^<&?$/.test(operator) && /^(2|\/dev\/tty)$/.test(target.text ?? ''))
