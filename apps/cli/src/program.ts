import { Command } from 'commander'
import { addCompletion } from './commands/completion.ts'
import { addDoctor } from './commands/doctor.ts'
import { addExport } from './commands/export.ts'
import { addInit } from './commands/init.ts'
import { addKeys } from './commands/keys.ts'
import { addKill } from './commands/kill.ts'
import { addList } from './commands/list.ts'
import { addRelease } from './commands/release.ts'
import { addReview } from './commands/review.ts'
import { addRoster } from './commands/roster.ts'
import { addServe } from './commands/serve.ts'
import { addShow } from './commands/show.ts'
import { addSignIn } from './commands/sign-in.ts'
import { addStop } from './commands/stop.ts'
import { addSubmit } from './commands/submit.ts'
import { addTarget } from './commands/target.ts'
import { addTalk } from './commands/talk.ts'
import { addVerify } from './commands/verify.ts'
import type { Printer } from './printing/printer.ts'

/** Adds a command to the program. */
export type AddCommand = (program: Command, print: Printer) => void

const commands: readonly AddCommand[] = [
  addSignIn,
  addSubmit,
  addList,
  addShow,
  addTalk,
  addReview,
  addKill,
  addRelease,
  addExport,
  addVerify,
  addKeys,
  addRoster,
  addStop,
  addTarget,
  addInit,
  addServe,
  addDoctor,
  addCompletion,
]

const afterHelp = `
Exit codes: 0 done, 1 refused, 2 usage, 3 fault, 4 outcome unknown.
`

/** The whole command line. */
export function buildProgram(print: Printer): Command {
  const program = new Command('chaperone')
    .description(
      'Escorted operations: exact commands, judged and signed by an escort, run once, released on purpose',
    )
    .version('0.1.0')
    .option('--json', 'print results and refusals as JSON')
    .addHelpText('after', afterHelp)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
  for (const add of commands) add(program, print)
  return inherit(program)
}

/** Sub-commands throw like the program does, and take `--json` wherever it stands. */
function inherit(command: Command): Command {
  for (const sub of command.commands) {
    sub.exitOverride()
    if (sub.commands.length === 0 && !sub.options.some((option) => option.long === '--json'))
      sub.option('--json', 'print results and refusals as JSON')
    inherit(sub)
  }
  return command
}
