import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultFolder } from '@chaperone/installation'

/** What `npm run demo` was asked for. */
export interface DemoArguments {
  readonly folder: string
  /** The app's port; the desk and the targets have ports near it. Unset: what the folder was made for. */
  readonly portBase: number | undefined
  readonly sample: boolean
  readonly reset: boolean
  /** Unattended, in a folder of its own. */
  readonly script: boolean
  readonly help: boolean
}

export const usage = `npm run demo [-- OPTIONS]

  --folder FOLDER     where the demonstration keeps its data (default ${defaultFolder('chaperone-demo')})
  --port-base PORT    the app's port; desk, web-1 and db-1 use PORT+1, +22, +23 (default 8400)
  --no-sample         no sample work orders
  --reset             throws the demonstration's data away and starts anew
  --script            does the whole job unattended in a temporary folder, shows the refusals, and ends
  --help              this text
`

/** Something that the person at the keyboard has to change; ends the demonstration with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Throws `UsageError`. */
export function parseArguments(words: readonly string[]): DemoArguments {
  const values = parse(words)
  return {
    folder: resolve(values.folder ?? defaultFolder('chaperone-demo')),
    portBase: portIn(values['port-base']),
    sample: values.sample,
    reset: values.reset,
    script: values.script,
    help: values.help,
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowNegative: true,
      options: {
        folder: { type: 'string' },
        'port-base': { type: 'string' },
        sample: { type: 'boolean', default: true },
        reset: { type: 'boolean', default: false },
        script: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : ''}\n\n${usage}`)
  }
}

function portIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (!/^\d{4,5}$/.test(text) || port < 1024 || port > 65_000) {
    throw new UsageError(`\`${text}\` is no port base: a number from 1024 to 65000`)
  }
  return port
}
