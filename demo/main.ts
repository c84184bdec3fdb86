import { join } from 'node:path'
import process from 'node:process'
import { Fault } from '@chaperone/encoding'
import { followCollectedKeys } from './adopt-keys.ts'
import { parseArguments, usage, UsageError, type DemoArguments } from './arguments.ts'
import { claimFolder } from './claim-folder.ts'
import * as say from './console.ts'
import { portsFrom, startDemonstration, type Demonstration } from './demonstration.ts'
import { enrolmentLinks } from './enrolment.ts'
import { logFiles, type LogFiles } from './log-files.ts'
import { runScript } from './script/run-script.ts'
import { seedOrders } from './seed-orders.ts'

/** Answers the exit code: 0 done, 1 the script saw something wrong, 2 usage, 3 a fault. */
async function main(words: readonly string[]): Promise<number> {
  const wanted = parseArguments(words)
  if (wanted.help) {
    process.stdout.write(usage)
    return 0
  }
  return wanted.script ? runScript(untilInterrupted()) : present(wanted)
}

/** Runs the demonstration until Ctrl-C, or until a process of it cannot be kept running. */
async function present(wanted: DemoArguments): Promise<number> {
  const interrupted = untilInterrupted()
  using _claim = await claimFolder(wanted.folder, wanted.reset)
  await using logs = logFiles(join(wanted.folder, 'demo', 'logs'))
  process.stderr.write(
    `starting database, signer, gateway, desk and two targets; logs go to ${logs.folder}\n`,
  )
  const failed = Promise.withResolvers<Fault>()
  await using demo = await startDemonstration({
    folder: wanted.folder,
    ports: wanted.portBase === undefined ? undefined : portsFrom(wanted.portBase),
    passing: false,
    log: logs.log,
    onFailed: failed.resolve,
  })
  await introduce(demo, logs, wanted.sample)
  const stopping = new AbortController()
  const following = followCollectedKeys(
    demo,
    (key) => process.stdout.write(say.adopted(key)),
    (error) => logs.log('demo', String(error)),
    stopping.signal,
  )
  const fault = await Promise.race([interrupted, failed.promise])
  stopping.abort()
  await following
  process.stderr.write(fault === undefined ? 'stopping\n' : `${fault.message}; stopping\n`)
  return fault === undefined ? 0 : 3
}

async function introduce(demo: Demonstration, logs: LogFiles, sample: boolean): Promise<void> {
  process.stdout.write(say.greeting(demo, logs.folder))
  const wasSeeded = sample && (await seedOrders(demo))
  process.stdout.write(say.people(await enrolmentLinks(demo)) + say.officersNote(demo))
  process.stdout.write((wasSeeded ? say.seeded() : '') + say.running())
}

function untilInterrupted(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(undefined))
  })
}

const faultsOfUse = ['port-in-use', 'socket-path-too-long', 'config-invalid', 'installation-in-use']

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const known = error instanceof UsageError || error instanceof Fault
  process.stderr.write(`${known ? error.message : String((error as Error).stack)}\n`)
  const ofUse = error instanceof UsageError || (error instanceof Fault && faultsOfUse.includes(error.code))
  process.exitCode = ofUse ? 2 : 3
}
