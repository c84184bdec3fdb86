import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '@chaperone/installation'
import { startDemonstration, type Demonstration } from '../demonstration.ts'
import { logFiles } from '../log-files.ts'
import { deskClient } from './desk-client.ts'
import { attacks } from './refusals/index.ts'
import { allowAndRun } from './stages/allow-and-run.ts'
import { checkSignatures } from './stages/check-signatures.ts'
import { enrolPeople } from './stages/enrol-people.ts'
import { releaseOutput } from './stages/release-output.ts'
import { submitOrder } from './stages/submit-order.ts'
import { twoEscorts } from './stages/two-escorts.ts'
import { verifyLog } from './stages/verify-export.ts'
import { teller, type Teller } from './teller.ts'

/** Does the whole job in a folder of its own. Answers 0 when all of it happened as it should, else 1. */
export async function runScript(interrupted: Promise<unknown>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-'))
  await chmod(folder, 0o755) // the processes' accounts pass through it to folders of their own
  const began = performance.now()
  const tell = teller((text) => process.stdout.write(text))
  await tellIn(folder, tell, interrupted)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  if (tell.wrong.length === 0) {
    await rm(folder, { recursive: true, force: true })
    process.stdout.write(`\nAll of it happened as it should, in ${seconds} s.\n`)
    return 0
  }
  process.stdout.write(`\nNot as it should be (${seconds} s; logs and data stay in ${folder}):\n`)
  for (const wrong of tell.wrong) process.stdout.write(`  ✗ ${wrong}\n`)
  return 1
}

/** Starts everything, tells the story, and stops everything, also when it is interrupted or something breaks. */
async function tellIn(folder: string, tell: Teller, interrupted: Promise<unknown>): Promise<void> {
  await using logs = logFiles(join(folder, 'logs'))
  tell.stage('Database, signer, desk, gateway and two sshd targets start')
  try {
    const [app = 0, desk = 0, web = 0, db = 0] = await freePorts(4)
    await using demo = await startDemonstration({
      folder: join(folder, 'i'),
      ports: { app, desk, web, db },
      passing: true,
      log: logs.log,
      onFailed: (fault) => tell.expect(`every process keeps running: ${fault.message}`, false),
    })
    const broken = interrupted.then(() => Promise.reject(new Error('interrupted')))
    await Promise.race([tellAll(tell, demo, folder), broken])
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    tell.expect(`the story was told to its end: ${why}`, false)
  }
}

async function tellAll(tell: Teller, demo: Demonstration, folder: string): Promise<void> {
  tellStart(tell, demo)
  const { desk } = demo.installation.config
  const at = deskClient(`http://127.0.0.1:${desk.listen.port}`, desk.origin)
  const setting = { tell, demo, folder, desk: at }
  const story = { ...setting, people: await enrolPeople(setting) }
  const { order } = await submitOrder(story)
  const done = await allowAndRun(story, order)
  await releaseOutput(story, order)
  await twoEscorts(story)
  for (const attack of attacks) {
    tell.stage(`Refused: ${attack.title}`)
    await attack.attempt({ ...story, done })
  }
  await checkSignatures(story)
  await verifyLog(story)
}

function tellStart(tell: Teller, { installation, targets, gateway }: Demonstration): void {
  const { signer, desk, gateway: pid } = installation.pids()
  tell.show('signer, desk, gateway', `processes ${signer}, ${desk}, ${pid}`)
  tell.show('isolated', installation.isolated ? 'yes, an account each' : 'no: not started as root')
  tell.show('app', gateway.origin)
  for (const { targetId, account, port, pid: sshd } of [targets.web, targets.db])
    tell.show(targetId, `sshd ${sshd}, ${account}@127.0.0.1:${port}`)
}
