import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { toBase64 } from '@chaperone/encoding'
import type { Roster } from '@chaperone/domain'
import { defaultFolder } from '@chaperone/installation'
import { startSshd, type SshTarget } from '@chaperone/testkit'
import { furnishDatabase, furnishWeb } from './furnish-targets.ts'
import { targetPlan } from './organisation.ts'

export interface Targets extends AsyncDisposable {
  readonly web: SshTarget
  readonly db: SshTarget
}

export interface TargetOptions {
  /** Of the whole demonstration. */
  readonly folder: string
  readonly ports: { readonly web: number; readonly db: number }
  /** Whose certificates the targets take. */
  readonly authority: Uint8Array
  /** Accounts that end with the targets, instead of ones that stay. */
  readonly passing: boolean
}

/** Two real sshd on loopback, each with a host key, an account and a small service of its own. */
export async function startTargets(options: TargetOptions): Promise<Targets> {
  await using starting = new AsyncDisposableStack()
  const web = starting.use(await startTarget(options, 'web'))
  furnishWeb(web.folder, web)
  const db = starting.use(await startTarget(options, 'db'))
  furnishDatabase(db.folder, db)
  const started = starting.move()
  return { web, db, [Symbol.asyncDispose]: () => started.disposeAsync() }
}

export function targetFolder(folder: string, which: keyof typeof targetPlan): string {
  return join(folder, 'targets', targetPlan[which].target)
}

async function startTarget(options: TargetOptions, which: keyof typeof targetPlan): Promise<SshTarget> {
  const plan = targetPlan[which]
  const folder = targetFolder(options.folder, which)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  return startSshd({
    targetId: plan.target,
    ca: [options.authority],
    folder,
    port: options.ports[which],
    ...(options.passing ? {} : { account: accountName(plan.account, options.folder) }),
  })
}

/** Demonstrations in other folders have accounts of their own: an account has one home. */
function accountName(name: string, folder: string): string {
  if (folder === defaultFolder('chaperone-demo')) return name
  return `${name}-${createHash('sha256').update(folder).digest('hex').slice(0, 6)}`
}

/** How the roster lists a target. */
export function rosterTargets({ web, db }: Targets): Roster['targets'] {
  return [['web', web] as const, ['db', db] as const].map(([which, target]) => ({
    target: target.targetId,
    regime: 'open',
    address: target.address,
    port: target.port,
    hostKeys: target.hostKeys.map((blob) => toBase64(blob)),
    hostAuthorities: [],
    accounts: [target.account],
    interpreters: ['bash'],
    sourceAddress: null,
    quorum: targetPlan[which].quorum,
    keyClasses: ['passkey', 'fido2', 'piv'],
    maxSeconds: 600,
  }))
}
