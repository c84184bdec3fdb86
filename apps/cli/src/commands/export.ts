import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { exportPath } from '@chaperone/contract'
import { signedInGateway } from '../here.ts'
import type { Printer } from '../printing/printer.ts'

export function addExport(program: Command, print: Printer): void {
  program
    .command('export')
    .description('Take the log away with what you may see of it, for `chaperone verify`')
    .requiredOption('--out <file>', 'a tar file')
    .option('--order <order>', 'with this order’s openings only')
    .action(async ({ out, order }: { out: string; order?: string }) => {
      const query = order === undefined ? '' : `?order=${encodeURIComponent(order)}`
      const bytes = await signedInGateway().download(`${exportPath}${query}`)
      writeFileSync(out, bytes)
      print.result({ file: out, bytes: bytes.length }, `${out}: ${bytes.length} bytes`)
    })
}
