import { Argument, type Command } from 'commander'
import { completionScript } from '../printing/completion-script.ts'
import type { Printer } from '../printing/printer.ts'

export function addCompletion(program: Command, print: Printer): void {
  program
    .command('completion')
    .description('Print a completion script: `source <(chaperone completion bash)`')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') => {
      const script = completionScript(program, shell)
      print.result({ script }, script)
    })
}
