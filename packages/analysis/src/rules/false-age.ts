import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'false-age',
  level: 'stop',
  why: 'A file is given the age of a file of the system, so that it does not stand out among the files that changed.',
  techniques: ['T1070.006'],
  needs: { programs: ['touch'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        const words = wordsOf(command)
        const at = words.findIndex((word) => /^(-\w*r|--reference)$/.test(word))
        const reference =
          words.find((word) => word.startsWith('--reference='))?.slice(12) ??
          (at > 0 ? words[at + 1] : undefined)
        return (
          programOf(command) === 'touch' &&
          reference !== undefined &&
          /^\/(bin|usr|sbin|lib|etc|boot)\//.test(reference)
        )
      },
      () => 'a file is given the age of a file of the system',
    ),
  fires: ['touch -acmr /bin/sh /tmp/x', 'touch -r /etc/passwd /usr/local/bin/x'],
  silent: ['touch -r a b', 'touch -d yesterday report.txt'],
}
