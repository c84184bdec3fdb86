import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { freePorts } from '@chaperone/installation'
import type { Api } from '../../demo/api.ts'
import { startDemonstration, type Demonstration } from '../../demo/demonstration.ts'
import { logFiles } from '../../demo/log-files.ts'
import { cast } from '../../demo/organisation.ts'

/** A whole installation with two real sshd targets, and a browser in which people can act. */
export interface Stage extends AsyncDisposable {
  readonly demo: Demonstration
  readonly browser: Browser
  /** For files of the test; gone with the stage. */
  readonly folder: string
  /** A session of an officer, by software key. */
  readonly officer: Api
}

const chromiumPath = '/usr/bin/chromium'
// Nothing may be asked of any other machine, not even by the browser itself.
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']

/** Starts everything in a temporary folder, on free ports. */
export async function startStage(): Promise<Stage> {
  await using starting = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-e2e-'))
  chmodSync(folder, 0o755) // the processes' accounts pass through it to folders of their own
  starting.defer(() => rmSync(folder, { recursive: true, force: true }))
  const logs = starting.use(logFiles(join(folder, 'logs')))
  const [app = 0, desk = 0, web = 0, db = 0] = await freePorts(4)
  const demo = starting.use(
    await startDemonstration({
      folder: join(folder, 'i'),
      ports: { app, desk, web, db },
      passing: true,
      log: logs.log,
      onFailed: (fault) => logs.log('stage', fault.message),
    }),
  )
  const browser = await chromium.launch({ executablePath: chromiumPath, args })
  starting.defer(() => browser.close())
  const officer = await demo.signIn(cast.officer.person)
  const started = starting.move()
  return { demo, browser, folder, officer, [Symbol.asyncDispose]: () => started.disposeAsync() }
}
