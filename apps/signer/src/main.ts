import { randomBytes } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { Fault, instantOf, toHex } from '@chaperone/encoding'
import { loadPrivateKey } from '@chaperone/node-crypto'
import { gatewayActions, officerActions } from './actions.ts'
import { caKeyInAgent, caKeyInFile } from './ca-key.ts'
import { readConfig, type SignerConfig } from './config.ts'
import { openJournal } from './journal.ts'
import { serveOneShotAgent } from './one-shot-agent.ts'
import { serve, takeOver } from './server.ts'
import { createSigner, type Signer } from './signer.ts'
import { readTrustRoot } from './trust-root.ts'

/** The signer's process: its account, its files, its two sockets. */
async function main(configFile: string): Promise<void> {
  const config = readConfig(configFile)
  const isolated = becomeAccount(config.account)
  if (!isolated) process.stderr.write('not isolated: the signer has no account of its own\n')
  process.umask(0o077)
  chmodSync(config.folder, 0o700)
  for (const socket of [config.officerSocket, config.socket]) await takeOver(socket)
  clearAgents(config)
  const signer = openSigner(config, isolated)
  const officers = await serve(config.officerSocket, 0o666, officerActions(signer), report)
  const gateway = await serve(config.socket, 0o660, gatewayActions(signer), report)
  process.stderr.write('signer ready\n')
  await new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, resolve)
  })
  await gateway[Symbol.asyncDispose]()
  await officers[Symbol.asyncDispose]()
  signer.end()
}

function openSigner(config: SignerConfig, isolated: boolean): Signer {
  const { caKey, folder, agentFolder, origin } = config
  const trustRoot = readTrustRoot(config.trustRoot)
  if (trustRoot.origin !== origin)
    throw new Fault('trust-root-unusable', `the trust root is for the log \`${trustRoot.origin}\``)
  return createSigner({
    now: () => instantOf(Date.now() / 1000),
    random: (length) => randomBytes(length),
    ca: 'file' in caKey ? caKeyInFile(caKey.file) : caKeyInAgent(caKey.agent, caKey.publicKey),
    cosigner: loadPrivateKey(readFileSync(join(folder, 'cosigner.key'), 'utf8')),
    trustRoot,
    isolated,
    openJournal: (onRecord) => openJournal(join(folder, 'journal'), onRecord),
    async serveAgent(login, gone) {
      const path = join(agentFolder, `${toHex(randomBytes(8))}.sock`)
      const agent = await serveOneShotAgent(path, login, gone)
      return { path, close: () => agent.close() }
    },
  })
}

/** A journal that cannot be written is the end: what this process believes may no longer be what is on disk. */
function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  if (error instanceof Fault && error.code === 'journal-failed') process.exit(1)
}

/** True when this process has an account that the gateway does not share. */
function becomeAccount(account: SignerConfig['account']): boolean {
  if (account === undefined || process.getuid?.() !== 0) return false
  process.setgroups?.([...account.groups, account.gid])
  process.setgid?.(account.gid)
  process.setuid?.(account.uid)
  return account.uid !== 0
}

/** Sockets of a process that died. */
function clearAgents({ agentFolder }: SignerConfig): void {
  for (const name of readdirSync(agentFolder))
    if (name.endsWith('.sock')) rmSync(join(agentFolder, name), { force: true })
}

if (import.meta.main) {
  await main(process.argv[2] ?? 'signer.json').catch((error: unknown) => {
    report(error)
    process.exit(1)
  })
  process.exit(0) // agents that nobody used would keep it for a minute
}
