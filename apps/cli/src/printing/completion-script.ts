import type { Command } from 'commander'

interface Words {
  /** `''` for the program itself, `roster`, `roster sign`, … */
  readonly path: string
  readonly words: readonly string[]
}

/** A completion script made from the command line itself, so that it never lags behind it. */
export function completionScript(program: Command, shell: 'bash' | 'zsh' | 'fish'): string {
  const all = wordsOf(program, '')
  if (shell === 'fish') return fish(all)
  const cases = all.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n')
  const bash = `_chaperone() {
  local path='' words='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in -*) continue ;; esac
    case " ${all.map(({ path }) => path.replaceAll(' ', '/')).join(' ')} " in
      *" \${path:+$path/}$word "*) path="\${path:+$path/}$word" ;;
    esac
  done
  case "\${path//\\// }" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _chaperone chaperone
`
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash}` : bash
}

function wordsOf(command: Command, path: string): readonly Words[] {
  const subs = command.commands.map((sub) => sub.name())
  const options = command.options.flatMap((option) => (option.long === undefined ? [] : [option.long]))
  const here = { path, words: [...subs, ...options, '--help'] }
  return [
    here,
    ...command.commands.flatMap((sub) => wordsOf(sub, path === '' ? sub.name() : `${path} ${sub.name()}`)),
  ]
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ path, words }) => {
    const seen =
      path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${path.split(' ').at(-1)}`
    return words.map((word) =>
      word.startsWith('--')
        ? `complete -c chaperone -n '${seen}' -l ${word.slice(2)}`
        : `complete -c chaperone -f -n '${seen}' -a ${word}`,
    )
  })
  return `${lines.join('\n')}\n`
}
