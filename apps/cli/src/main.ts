import process from 'node:process'
import { CommanderError } from 'commander'
import { buildProgram } from './program.ts'
import { exitCodes, failureOf } from './exit-code.ts'
import { printer } from './printing/printer.ts'

/** Runs one command line; resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // A failure while reading the command line must be printed in the form that was asked for.
  const print = printer(args.includes('--json'))
  try {
    const program = await buildProgram(
      print,
      args.find((arg) => !arg.startsWith('-')),
    )
    await program.parseAsync([...args], { from: 'user' })
    return Number(process.exitCode ?? exitCodes.done)
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done
    const failure = failureOf(error)
    // Commander has printed its own usage errors already.
    if (!(error instanceof CommanderError) || print.json) print.failure(failure)
    return failure.exit
  }
}

process.exitCode = await main(process.argv.slice(2))
