import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

/** Services and processes whose purpose is to watch or protect the machine. */
const guards =
  /(^|[/._-])(auditd|rsyslogd?|syslog(-ng|d)?|systemd-journald|journald|falcon(d|-sensor)?|crowdstrike|falcond|osqueryd?|wazuh(-agent)?|ossec|clam(av|d)[\w-]*|freshclam|cbagentd|cbdaemon|cbosxsensor|carbonblack|sentinel(one|d|agent)?|mdatp|defender|falco|apparmor|sysmon|esets|sophos[\w-]*|littlesnitchd?|auditbeat|filebeat|aide|tripwire|samhain|snort|suricata|fireeye|xagt|nessusagent|qualys[\w-]*|sssd-audit|elastic-agent|amazon-cloudwatch-agent|google-fluentd)([/._-]|$)/i

const stops =
  /^(systemctl|service|rc-service|launchctl|pkill|killall|apt|apt-get|dnf|yum|rpm|dpkg|chkconfig|update-rc\.d|mdatp)$/

export const rule: Rule = {
  id: 'security-service',
  level: 'stop',
  why: 'A service that records or protects is stopped, so that nobody sees what follows.',
  techniques: ['T1685', 'T1562.001'],
  needs: {
    programs: [
      'systemctl',
      'service',
      'rc-service',
      'launchctl',
      'pkill',
      'killall',
      'apt',
      'apt-get',
      'dnf',
      'yum',
      'rpm',
      'dpkg',
      'chkconfig',
      'update-rc.d',
      'mdatp',
    ],
  },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        if (!stops.test(programOf(command))) return false
        const words = wordsOf(command)
        const line = words.slice(1)
        if (!line.some((word) => guards.test(word)) && !guards.test(programOf(command))) return false
        switch (programOf(command)) {
          case 'systemctl':
            return line.some((word) => /^(stop|disable|mask|kill)$/.test(word))
          case 'service':
          case 'rc-service':
            return line.includes('stop')
          case 'launchctl':
            return line.some((word) => /^(unload|bootout|disable|remove|kill)$/.test(word))
          case 'pkill':
          case 'killall':
            return !line.some((word) => /^-(0|HUP|1|USR[12])$/.test(word))
          case 'apt':
          case 'apt-get':
          case 'dnf':
          case 'yum':
          case 'rpm':
          case 'dpkg':
            return line.some((word) =>
              /^(remove|purge|erase|autoremove|-e|-r|-P|--purge|--erase)$/.test(word),
            )
          case 'chkconfig':
          case 'update-rc.d':
            return line.some((word) => /^(off|disable|remove)$/.test(word))
          case 'mdatp':
            return line.includes('disabled')
          default:
            return false
        }
      },
      (command) =>
        `${wordsOf(command).find((word) => guards.test(word)) ?? 'a guard'} stops watching this machine`,
    ),
  fires: [
    'systemctl stop auditd',
    'service rsyslog stop',
    'pkill -9 falcon-sensor',
    'apt-get purge -y auditd',
  ],
  silent: [
    'systemctl restart rsyslog',
    'systemctl status auditd',
    'systemctl stop nginx',
    'apt install auditd',
  ],
}
