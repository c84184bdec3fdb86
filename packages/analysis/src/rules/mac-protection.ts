import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

const switches: readonly (readonly [string, RegExp])[] = [
  ['xattr', /(^|\s)-\w*[dc]\w*\s.*quarantine|(^|\s)-\w*c\w*\s/],
  ['spctl', /--(master-|global-)?disable/],
  ['csrutil', /^(disable|authenticated-root disable)/],
  ['tmutil', /^(disable|delete|deletelocalsnapshots)/],
  ['log', /^erase/],
  ['defaults', /loginwindow\s+(LoginHook|LogoutHook)|LSQuarantine\s+-bool\s+(NO|false)/i],
  ['dscl', /IsHidden\s+(1|true)|UniqueID\s+0$/],
  ['fdesetup', /^disable/],
  ['systemsetup', /-setremotelogin\s+on/],
]

export const rule: Rule = {
  id: 'mac-protection',
  level: 'stop',
  why: 'On a Mac, what marks downloaded programs, keeps records or backups, or shows accounts is switched off.',
  techniques: ['T1553.001', 'T1564.002', 'T1685'],
  needs: {
    programs: ['xattr', 'spctl', 'csrutil', 'tmutil', 'log', 'defaults', 'dscl', 'fdesetup', 'systemsetup'],
  },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        const line = wordsOf(command).slice(1).join(' ')
        return switches.some(([program, pattern]) => programOf(command) === program && pattern.test(line))
      },
      (command) => `${programOf(command)} switches a protection of this machine off`,
    ),
  fires: ['xattr -d com.apple.quarantine tool.app', 'spctl --master-disable', 'tmutil disable'],
  silent: ['xattr -l tool.app', 'spctl --status', 'tmutil status', 'dscl . -list /Users'],
}
