import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { Command } from 'commander'
import { fromBase64 } from '@chaperone/encoding'
import { findTarget, parseRoster, type Roster, type RosterTarget } from '@chaperone/domain'
import { checkTarget } from '@chaperone/installation'
import { judgeTarget, parseTargetFacts, targetFactsScript, type TargetFinding } from '@chaperone/runner'
import { exitCodes } from '../exit-code.ts'
import { signedInGateway } from '../here.ts'
import type { Printer } from '../printing/printer.ts'
import { table } from '../printing/table.ts'
import { Refused, UsageError } from '../refused.ts'

interface CheckOptions {
  readonly facts?: string
  readonly account?: string
}

export function addTarget(program: Command, print: Printer): void {
  const target = program.command('target').description('Targets: whether they are set up as the roster says')
  target
    .command('list', { isDefault: true })
    .description('Targets of the roster in force')
    .action(async () => {
      const { targets } = await rosterInForce()
      const rows = targets.map((one) => [
        one.target,
        one.regime,
        `${one.address}:${one.port}`,
        one.accounts.join(' '),
        String(one.quorum),
      ])
      print.result(targets, table(['TARGET', 'REGIME', 'ADDRESS', 'ACCOUNTS', 'PEOPLE NEEDED'], rows))
    })
  target
    .command('script')
    .description('Print the script that gathers facts on a target; its administrator runs it there as root')
    .action(() => print.result({ script: targetFactsScript }, targetFactsScript))
  target
    .command('check')
    .description('Look at a target from here; with --facts, judge what the script gathered there')
    .argument('<target>')
    .option(
      '--facts <file>',
      'what `chaperone target script` printed when it was run on the target; - for standard input',
    )
    .option('--account <name>', 'the account that the facts are about; the target’s first if left out')
    .action(async (name: string, { facts, account }: CheckOptions) => {
      const roster = await rosterInForce()
      const known = findTarget(roster, name)
      if (known === undefined) throw new Refused({ code: 'target-unknown', target: name })
      const findings = [
        ...(await checkTarget(known)),
        ...(facts === undefined ? [] : judged(facts, known, roster, account)),
      ]
      const rows = findings.map(({ ok, check, detail }) => [ok ? 'ok' : 'FAILED', check, detail])
      const rest = facts === undefined ? '\n\nThe rest shows on the target only: chaperone target script' : ''
      print.result(findings, table(['', 'CHECK', 'DETAIL'], rows) + rest)
      process.exitCode = findings.every((finding) => finding.ok) ? exitCodes.done : exitCodes.refused
    })
}

function judged(
  file: string,
  target: RosterTarget,
  roster: Roster,
  account: string | undefined,
): readonly TargetFinding[] {
  const facts = parseTargetFacts(readFileSync(file === '-' ? 0 : file))
  if (!facts.ok) throw new UsageError(`\`${file}\`: line ${facts.error.line} is not the script’s`)
  const [first = ''] = target.accounts
  return judgeTarget(facts.value, {
    target: target.target,
    account: account ?? first,
    hostKeys: target.hostKeys,
    authority: roster.authorities[0] ?? '',
    // Only facts that come straight from the script say something about the target's clock.
    now: file === '-' ? Math.floor(Date.now() / 1000) : null,
  })
}

async function rosterInForce(): Promise<Roster> {
  const { bytes } = await signedInGateway().call('roster', { params: { version: 0 } })
  const roster = parseRoster(fromBase64(bytes) ?? new Uint8Array())
  if (!roster.ok) throw new Refused(roster.error)
  return roster.value
}
