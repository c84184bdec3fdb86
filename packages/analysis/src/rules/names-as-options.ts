import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'names-as-options',
  level: 'stop',
  why: 'Files are given names that another program takes for options when it is told to work on `*`.',
  techniques: ['T1059'],
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        const words = wordsOf(command)
        const names = /^(touch|mkdir|tee)$/.test(programOf(command))
          ? words.slice(1)
          : command.redirects.map((one) => (one.target.kind === 'known' ? one.target.text : ''))
        return names.some(
          (name) =>
            /^(\.\/|.*\/)?--?(checkpoint-action|use-compress-program|rsh|to-command|reference|pre|exec|e\s)[=\s]/.test(
              name,
            ) || /^(.*\/)?--checkpoint-action=/.test(name),
        )
      },
      () => 'a file gets a name that a later program takes for an option that runs something',
    ),
  fires: ["touch -- '--checkpoint-action=exec=sh r.sh'"],
  silent: ['touch -- -n.txt', 'touch notes.txt'],
}
