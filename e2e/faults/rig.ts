import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '@chaperone/installation'
import { adoptCollectedKeys } from '../../demo/adopt-keys.ts'
import type { Api } from '../../demo/api.ts'
import { startDemonstration, type Demonstration } from '../../demo/demonstration.ts'
import { enrolmentLinks } from '../../demo/enrolment.ts'
import { logFiles } from '../../demo/log-files.ts'
import { cast, type CastName } from '../../demo/organisation.ts'
import { deskClient, type DeskClient } from '../../demo/script/desk-client.ts'
import { enrol, type Participant } from '../../demo/script/participant.ts'
import { askSigner } from '../../demo/script/signer-socket.ts'
import { eventually } from '../../demo/script/story.ts'

/** A whole installation with real targets and people, in which parts may be killed. */
export interface Rig extends AsyncDisposable {
  readonly demo: Demonstration
  readonly desk: DeskClient
  readonly technician: Api
  readonly escort: Participant
  readonly auditor: Api
  readonly officer: Api
  /** For files of the test; gone with the rig. */
  readonly folder: string
  /** Resolves when every part answers and works. */
  well(): Promise<void>
}

/** Parts that are killed all the time are started again at once, and never given up. */
const restarts = { firstPauseMilliseconds: 20, longestPauseMilliseconds: 20, mostInARow: Infinity }

/** `prepare` may furnish the installation's folder before anything starts; what it answers goes when all has ended. */
export async function startRig(prepare?: (folder: string) => Disposable): Promise<Rig> {
  await using starting = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'cf-'))
  chmodSync(folder, 0o755) // the processes' accounts pass through it to folders of their own
  // Logs and data of a failure are worth a look: CHAPERONE_KEEP=1 leaves them.
  if (process.env['CHAPERONE_KEEP'] === undefined)
    starting.defer(() => rmSync(folder, { recursive: true, force: true }))
  else console.log(folder)
  const logs = starting.use(logFiles(join(folder, 'logs')))
  const [app = 0, desk = 0, web = 0, db = 0] = await freePorts(4)
  const ports = { app, desk, web, db }
  if (prepare !== undefined) starting.use(prepare(join(folder, 'i')))
  const onFailed = (fault: Error) => logs.log('chaperone', fault.message)
  const options = { folder: join(folder, 'i'), ports, passing: true, log: logs.log, onFailed, restarts }
  const demo = starting.use(await startDemonstration(options))
  const at = deskClient(`http://127.0.0.1:${desk}`, demo.installation.config.desk.origin)
  const people = await enrolled(demo, at)
  const started = starting.move()
  return {
    demo,
    desk: at,
    ...people,
    folder,
    well: () => untilWell(demo),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

async function enrolled(demo: Demonstration, desk: DeskClient) {
  const links = await enrolmentLinks(demo)
  const follow = (name: CastName) => {
    const link = links.find(({ member }) => member.person === cast[name].person)
    return enrol(cast[name], link?.url ?? '', demo.gateway, desk)
  }
  const escort = await follow('escort')
  const auditor = (await follow('auditor')).api
  const officer = await demo.signIn(cast.officer.person)
  await adoptCollectedKeys(demo, officer)
  return { technician: await demo.signIn(cast.technician.person), escort, auditor, officer }
}

async function untilWell({ installation, gateway }: Demonstration): Promise<void> {
  await eventually(
    'every part to work',
    async () => {
      const ready = await fetch(`${gateway.url}/readyz`).catch(() => undefined)
      const signer = await askSigner(installation.places.sockets.signer, 'GET', '/status').catch(
        () => undefined,
      )
      return ready?.status === 200 && signer?.status === 200 ? true : undefined
    },
    90,
  )
}
