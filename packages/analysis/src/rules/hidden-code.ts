import { eachCommand, eachEffect, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'hidden-code',
  level: 'stop',
  why: 'The text that runs is written so that nobody can read it: it is decoded first.',
  techniques: ['T1027', 'T1140'],
  find: (facts) => [
    ...eachCommand(
      facts,
      (command) => decodedProgram(command) || decodedCode(command),
      () => 'the text that runs is disguised and only comes to light by decoding it',
    ),
    ...eachEffect(
      facts,
      (effect) => effect.type === 'obfuscation' && effect.from === 'code',
      () => 'the text that runs is disguised: it puts its own names together from pieces',
    ),
  ],
  fires: ['echo bHM= | base64 -d | sh', '$(echo sl | rev)', 'eval "$(printf 6c73 | xxd -r -p)"'],
  silent: [
    'echo aGVsbG8= | base64 -d',
    'echo abc | rev',
    'n=$(echo ABC | tr A-Z a-z); echo "$n"',
    'u=$(echo WWW | tr A-Z a-z); ls /srv/$u',
  ],
}

type Command = Parameters<Parameters<typeof eachCommand>[1]>[0]

const decoded = (flows: Command['flows']): boolean => flows.some((flow) => flow.kind === 'decoded')

const decodedProgram = (command: Command): boolean => decoded(command.fields[0]?.value.flows ?? [])

const decodedCode = (command: Command): boolean =>
  command.classified.nested.some((nested) => {
    if (nested.kind === 'code-from-stdin') return decoded(command.stdin?.flows ?? [])
    return (
      nested.kind === 'code' && nested.words.some((word) => decoded(command.fields[word]?.value.flows ?? []))
    )
  }) ||
  (/^(eval|source|\.)$/.test(String(command.fields[0]?.typed)) &&
    command.fields.slice(1).some((field) => decoded(field.value.flows)))
