import { readFileSync } from 'node:fs'
import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import type { Command } from 'commander'
import { nodeCrypto } from '@chaperone/node-crypto'
import { parseTrustRoot, verifyExport, type TrustRoot } from '@chaperone/verify'
import { exitCodes } from '../exit-code.ts'
import { openExport } from '../open-export.ts'
import type { Printer } from '../printing/printer.ts'
import { verificationText } from '../printing/verification-text.ts'
import { Refused, UsageError } from '../refused.ts'

const exits = { proven: exitCodes.done, broken: exitCodes.refused, unproven: exitCodes.unknown } as const

export function addVerify(program: Command, print: Printer): void {
  program
    .command('verify')
    .description('Check an export offline: each rule is proven, broken or unproven (exit 0, 1, 4)')
    .argument('<export>', 'a folder or a tar file')
    .requiredOption('--root <file>', 'the trust root, obtained elsewhere than from the export')
    .option('--sshd-log <file>', 'a target’s sshd log, to match its logins with intents')
    .action((path: string, { root, sshdLog }: { root: string; sshdLog?: string }) => {
      // Else the platform keeps twice as much memory as is alive, as long as the machine has more.
      setFlagsFromString('--heap-growing-percent=60')
      setFlagsFromString('--semi-space-growth-factor=1')
      using source = openExport(path)
      const lines = sshdLog === undefined ? {} : { sshdLog: readText(sshdLog).split('\n') }
      const verification = verifyExport(source, readRoot(root), nodeCrypto, lines)
      print.result(verification, verificationText(verification))
      process.exitCode = exits[verification.verdict]
    })
}

function readRoot(file: string): TrustRoot {
  const parsed = parseTrustRoot(readText(file))
  if (!parsed.ok) throw new Refused(parsed.error, `\`${file}\` is not a trust root`)
  return parsed.value
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read \`${file}\`: ${(cause as Error).message}`)
  }
}
