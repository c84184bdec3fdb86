import { mkdtempSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SignedStatement } from '@chaperone/domain'
import { generateKey, type PrivateKey } from '@chaperone/node-crypto'
import type { CaKey } from '../src/certificate.ts'
import { openJournal } from '../src/journal.ts'
import { serveOneShotAgent, type OneShotLogin } from '../src/one-shot-agent.ts'
import { createSigner, type Answer, type Signer } from '../src/signer.ts'
import { testLog, type TestLog } from './log.ts'
import {
  instantAt,
  organisation,
  start,
  type Organisation,
  type OrganisationOptions,
} from './organisation.ts'
import { workFor, type Work, type WorkOptions } from './work.ts'

/** A gateway's place beside a signer in this process: its log, its key, and a clock that it sets. */
export interface Gateway extends Disposable {
  readonly organisation: Organisation
  readonly ca: PrivateKey
  log: TestLog
  readonly journalPath: string
  /** Logins that an agent was served for. */
  readonly logins: OneShotLogin[]
  signer: Signer
  /** Seconds since the test began. */
  time: number
  at(): string
  /** Ends the signer and starts another on its journal. */
  restart(change?: { readonly ca?: CaKey }): void
  /** Hands the signer everything that it has not read. */
  feed(): Answer
  work(options?: Partial<WorkOptions>): Work
  /** Submits, intends with these statements, lets the signer read it, and asks. */
  ask(work: Work, index: number, statements?: readonly SignedStatement[]): Promise<Answer>
}

export interface GatewayOptions extends OrganisationOptions {
  /** The roster is held and a head younger than the start was read; true unless said. */
  readonly ready?: boolean
  readonly ca?: CaKey
  /** Agents listen, each at a path of its own in the test's folder. */
  readonly agents?: boolean
  /** The test begins now and not at a made-up time. */
  readonly today?: boolean
}

export function gateway(options: GatewayOptions = {}): Gateway {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-signer-'))
  const made = organisation(options)
  const ca = generateKey().key
  const logins: OneShotLogin[] = []
  const past = options.today === true ? Math.floor(Date.now() / 1000) - start : 0
  const journalPath = join(folder, 'journal')
  const inFile: CaKey = options.ca ?? {
    blob: ca.blob,
    sign: (message) => Promise.resolve(ca.signSsh(message)),
  }

  function open(key: CaKey): Signer {
    return createSigner({
      now: () => it.at(),
      random: (length) => randomBytes(length),
      ca: key,
      cosigner: made.cosigner,
      trustRoot: made.trustRoot,
      isolated: true,
      openJournal: (onRecord) => openJournal(journalPath, onRecord),
      async serveAgent(login, gone) {
        const path = join(folder, `agent${logins.push(login)}`)
        if (options.agents !== true) return { path, close: () => undefined }
        const agent = await serveOneShotAgent(path, login, gone)
        return { path, close: () => agent.close() }
      },
    })
  }

  const it: Gateway = {
    organisation: made,
    ca,
    log: testLog(made.trustRoot.origin, made.log),
    journalPath,
    logins,
    signer: undefined as unknown as Signer, // set below, once the clock is there
    time: 0,
    at: () => instantAt(it.time + past),
    restart(change = {}) {
      it.signer.end()
      it.signer = open(change.ca ?? inFile)
    },
    feed: () => it.signer.readLog(it.log.part(it.signer.status()['logSize'] as number)),
    work: (more = {}) => workFor(made, it.log, { at: () => it.at(), ...more }),
    async ask(work, index, statements = [work.allow()]) {
      it.log.append(work.submission())
      const intent = it.log.append(work.intent(index, statements))
      const read = it.feed()
      return read.ok ? it.signer.issue(work.request(index, statements, intent)) : read
    },
    [Symbol.dispose]() {
      it.signer.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  it.signer = open(inFile)
  if (options.ready ?? true) {
    it.signer.takeRoster(made.signedRoster)
    it.time = 10
    it.log.append({ v: 1, type: 'signed-in', at: it.at(), person: 'p-technician' })
    it.feed()
  }
  return it
}
