import type { Command } from 'commander'
import process from 'node:process'
import { defaultFolder, startInstallation } from '@chaperone/installation'
import { exitCodes } from '../exit-code.ts'
import type { Printer } from '../printing/printer.ts'

export function addServe(program: Command, print: Printer): void {
  program
    .command('serve')
    .description('Start database, signer, gateway and desk of an installation, and keep them running')
    .option('--folder <folder>', 'the installation', defaultFolder('chaperone'))
    .action(async ({ folder }: { folder: string }) => {
      const failed = Promise.withResolvers<Error>()
      const log = (source: string, line: string) => process.stdout.write(`${source}: ${line}\n`)
      await using running = await startInstallation(folder, {
        log,
        onFailed: (fault) => failed.resolve(fault),
      })
      const { config, isolated } = running
      print.note(
        `chaperone: app at ${config.app.origin}, desk at ${config.desk.origin}${isolated ? '' : ' (not isolated)'}`,
      )
      const ended = await Promise.race([signalled(), failed.promise])
      if (typeof ended !== 'string') throw ended
      print.note(`chaperone: ${ended}: stopping`)
      process.exitCode = exitCodes.done
    })
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name))
  })
}
