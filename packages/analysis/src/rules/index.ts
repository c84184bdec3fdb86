import type { Finding } from '../analysis.ts'
import type { Facts } from '../effects/derived-effect.ts'
import { programOf, type Rule } from './rule.ts'
import { rule as callBackProgram } from './call-back-program.ts'
import { rule as macProtection } from './mac-protection.ts'
import { rule as unseenFromWritable } from './unseen-from-writable.ts'
import { rule as programReplaced } from './program-replaced.ts'
import { rule as oddWriter } from './odd-writer.ts'
import { rule as secretOpened } from './secret-opened.ts'
import { rule as uploadToAddress } from './upload.ts'
import { rule as securityService } from './security-service.ts'
import { rule as dataInNameQuery } from './name-query.ts'
import { rule as falseAge } from './false-age.ts'
import { rule as disguisedAddress } from './disguised-address.ts'
import { rule as cloudLogOff } from './cloud-log-off.ts'
import { rule as carriedShell } from './carried-shell.ts'
import { rule as bulkSecrets } from './bulk-secrets.ts'
import { rule as containerEscape } from './container-escape.ts'
import { rule as defenceDisabled } from './defence-disabled.ts'
import { rule as disguisedProgram } from './disguised-program.ts'
import { rule as downloadedCode } from './downloaded-code.ts'
import { rule as firewallOpened } from './firewall-opened.ts'
import { rule as hiddenCode } from './hidden-code.ts'
import { rule as hiddenStartUp } from './hidden-start-up.ts'
import { rule as historyOff } from './history-off.ts'
import { rule as logTamper } from './log-tamper.ts'
import { rule as massDeletion } from './mass-deletion.ts'
import { rule as memoryDump } from './memory-dump.ts'
import { rule as namesAsOptions } from './names-as-options.ts'
import { rule as remoteShell } from './remote-shell.ts'
import { rule as reverseTunnel } from './reverse-tunnel.ts'
import { rule as rootGranted } from './root-granted.ts'
import { rule as rootLoginKey } from './root-login-key.ts'
import { rule as secretDisclosed } from './secret-disclosed.ts'
import { rule as secretSent } from './secret-sent.ts'
import { rule as setUidProgram } from './set-uid-program.ts'
import { rule as shellEscape } from './shell-escape.ts'
import { rule as untrustedModule } from './untrusted-module.ts'

export const rules: readonly Rule[] = [
  secretDisclosed,
  callBackProgram,
  macProtection,
  unseenFromWritable,
  secretSent,
  secretOpened,
  downloadedCode,
  remoteShell,
  shellEscape,
  logTamper,
  historyOff,
  defenceDisabled,
  firewallOpened,
  setUidProgram,
  rootGranted,
  rootLoginKey,
  hiddenStartUp,
  hiddenCode,
  massDeletion,
  containerEscape,
  untrustedModule,
  memoryDump,
  reverseTunnel,
  namesAsOptions,
  disguisedProgram,
  bulkSecrets,
  uploadToAddress,
  securityService,
  dataInNameQuery,
  falseAge,
  disguisedAddress,
  cloudLogOff,
  carriedShell,
  oddWriter,
  programReplaced,
]

/** What the rules say about the facts; each rule once a place. */
export function findingsOf(facts: Facts): readonly Finding[] {
  const programs = new Set(facts.commands.map(programOf))
  const effects = new Set(facts.effects.map((effect) => effect.type))
  const findings: Finding[] = []
  for (const rule of rules) if (concerns(rule, programs, effects)) findings.push(...findingsBy(rule, facts))
  return findings
}

function concerns({ needs }: Rule, programs: ReadonlySet<string>, effects: ReadonlySet<string>): boolean {
  if (needs === undefined) return true
  return 'effects' in needs
    ? needs.effects.some((type) => effects.has(type))
    : needs.programs.some((name) => programs.has(name))
}

function findingsBy(rule: Rule, facts: Facts): readonly Finding[] {
  const seen = new Set<number>()
  return rule.find(facts).flatMap(({ message, span }) => {
    if (seen.has(span.start)) return []
    seen.add(span.start)
    return [{ rule: rule.id, level: rule.level, message, techniques: rule.techniques, span }]
  })
}
