import { Command } from 'commander'
import type { Printer } from './printing/printer.ts'

/** Adds commands to the program. */
export type AddCommand = (program: Command, print: Printer) => void

interface CommandFile {
  readonly names: readonly string[]
  readonly load: () => Promise<AddCommand>
}

/** In the order of the help. A command's code is loaded when it is run: reading all of it takes longer than most do. */
const commandFiles: readonly CommandFile[] = [
  {
    names: ['sign-in', 'sign-out', 'whoami'],
    load: async () => (await import('./commands/sign-in.ts')).addSignIn,
  },
  { names: ['submit'], load: async () => (await import('./commands/submit.ts')).addSubmit },
  { names: ['list'], load: async () => (await import('./commands/list.ts')).addList },
  { names: ['show'], load: async () => (await import('./commands/show.ts')).addShow },
  {
    names: ['claim', 'return', 'ask', 'answer', 'withdraw', 'read'],
    load: async () => (await import('./commands/talk.ts')).addTalk,
  },
  {
    names: ['request-output', 'decline-output'],
    load: async () => (await import('./commands/request-output.ts')).addRequestOutput,
  },
  { names: ['say'], load: async () => (await import('./commands/say.ts')).addSay },
  { names: ['review'], load: async () => (await import('./commands/review.ts')).addReview },
  { names: ['kill', 'freeze'], load: async () => (await import('./commands/kill.ts')).addKill },
  { names: ['output', 'release'], load: async () => (await import('./commands/release.ts')).addRelease },
  { names: ['export'], load: async () => (await import('./commands/export.ts')).addExport },
  { names: ['analyse'], load: async () => (await import('./commands/analyse.ts')).addAnalyse },
  { names: ['verify'], load: async () => (await import('./commands/verify.ts')).addVerify },
  { names: ['keys'], load: async () => (await import('./commands/keys.ts')).addKeys },
  { names: ['roster'], load: async () => (await import('./commands/roster.ts')).addRoster },
  { names: ['stop'], load: async () => (await import('./commands/stop.ts')).addStop },
  { names: ['policy'], load: async () => (await import('./commands/policy.ts')).addPolicy },
  { names: ['target'], load: async () => (await import('./commands/target.ts')).addTarget },
  { names: ['init'], load: async () => (await import('./commands/init.ts')).addInit },
  { names: ['serve'], load: async () => (await import('./commands/serve.ts')).addServe },
  { names: ['doctor'], load: async () => (await import('./commands/doctor.ts')).addDoctor },
]

const afterHelp = `
Exit codes: 0 done, 1 refused, 2 usage, 3 fault, 4 outcome unknown.
`

/** The command line as far as `wanted`, a command's name, needs it; the whole of it for anything else. */
export async function buildProgram(print: Printer, wanted?: string): Promise<Command> {
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
  const named = commandFiles.filter(({ names }) => wanted !== undefined && names.includes(wanted))
  for (const { load } of named.length > 0 ? named : commandFiles) {
    const add = await load()
    add(program, print)
  }
  if (named.length === 0) (await import('./commands/completion.ts')).addCompletion(program, print)
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
