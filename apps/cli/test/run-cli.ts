import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface Ran {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line as its own process, as a shell would. */
export async function runCli(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<Ran> {
  const child = startCli(args, options)
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (piece: Buffer) => (stdout += piece.toString('utf8')))
  child.stderr?.on('data', (piece: Buffer) => (stderr += piece.toString('utf8')))
  child.stdin?.end(options.input ?? '')
  const exit = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  return { exit, stdout, stderr }
}

export function startCli(
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): ChildProcess {
  return spawn(process.execPath, [entry, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}
