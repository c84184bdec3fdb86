import type { ResolvedCommand } from '../evaluate/machine.ts'
import { known, textOf, type Value } from '../evaluate/value.ts'
import { kindsOfValue } from '../places/places.ts'

/**
 * What the words of a program that is not modelled show by themselves: a secret file that it is handed, a shell that
 * an option tells it to run.
 */
export function wordEffects(
  command: ResolvedCommand,
): readonly { readonly type: string; readonly value: Value; readonly word: number }[] {
  const { classified, fields } = command
  if (command.local || fields.length === 0) return []
  if (classified.tier === 'modelled' && classified.unknownOptions.length === 0) return []
  const words = classified.tier === 'modelled' ? classified.unknownOptions : fields.map((_, i) => i).slice(1)
  return words.flatMap((word) => {
    const value = fields[word]?.value
    if (value === undefined) return []
    const text = textOf(value)
    const path = text === undefined ? value : known(pathIn(text))
    if (kindsOfValue(path).some((kind) => kind === 'credential'))
      return [{ type: 'read-credential', value: path, word }]
    if (text !== undefined && runsShell(text)) return [{ type: 'spawn-shell', value: known(text), word }]
    return []
  })
}

/** `-ofile`, `--file=path`, `@path`, `file:///path`: the path in a word. */
const pathIn = (text: string): string =>
  /(?:^|[=@:,])((?:~|\/)[^\s,;:]+)/.exec(text.replace(/^\w+:\/\//, ''))?.[1] ?? text

/** `--exec=/bin/sh`, `!/bin/sh`, `"exec /bin/sh"`: a shell and nothing that it is given to do. */
const runsShell = (text: string): boolean =>
  !text.startsWith('#') &&
  /(?:^|[=!,|(\s"'])\/(?:usr\/)?bin\/(?:ba|da|z|k|c|tc)?sh(?:\s+-[ips]+)*\s*(?:["')<>&;|].*|\d?[<>].*)?$/s.test(
    text,
  ) &&
  !/^-{0,2}(s|shell|SHELL|UserShell|ExecStart)=/i.test(text)
