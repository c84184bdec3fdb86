import process from 'node:process'
import type { Command } from 'commander'
import { defaultFolder } from '@chaperone/installation'
import { examine } from '../examine.ts'
import { exitCodes } from '../exit-code.ts'
import { table } from '../printing/table.ts'
import type { Printer } from '../printing/printer.ts'

export function addDoctor(program: Command, print: Printer): void {
  program
    .command('doctor')
    .description('Look at this machine and an installation on it; says what is wrong and what to do')
    .option('--folder <folder>', 'the installation', defaultFolder('chaperone'))
    .action(async ({ folder }: { folder: string }) => {
      const checks = await examine(folder)
      const rows = checks.map(({ ok, check, detail }) => [ok ? 'ok' : 'FAILED', check, detail])
      print.result(checks, table(['', 'CHECK', 'DETAIL'], rows))
      process.exitCode = checks.every((check) => check.ok) ? exitCodes.done : exitCodes.fault
    })
}
