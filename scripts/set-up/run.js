import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'
import { root } from './root.js'

/**
 * Runs a command in the clone with our own input and output; resolves to its exit code. Signals are passed on; a
 * Ctrl-C reaches it without our help, since the terminal sends that to the whole group.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    const passOn = {
      SIGINT: () => process.stdin.isTTY || child.kill('SIGINT'),
      SIGTERM: () => child.kill('SIGTERM'),
      SIGHUP: () => child.kill('SIGHUP'),
    }
    for (const [signal, pass] of Object.entries(passOn)) process.on(signal, pass)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      for (const [name, pass] of Object.entries(passOn)) process.off(name, pass)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}
