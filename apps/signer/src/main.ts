import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { instantOf, toHex } from '@chaperone/encoding'
import { loadPrivateKey, nodeCrypto } from '@chaperone/node-crypto'
import { openAuthority } from './certificate-authority.ts'
import { readConfig, type SignerConfig } from './config.ts'
import { openJournal } from './journal.ts'
import { serveOneShotAgent } from './one-shot-agent.ts'
import { gatewayActions, officerActions, serve } from './server.ts'
import { createSigner, type TrustRoot } from './signer.ts'

const agentSeconds = 60

/** The signer's process: its account, its files, its two sockets. */
export async function main(configFile: string): Promise<void> {
  const config = readConfig(configFile)
  const trustRoot = JSON.parse(readFileSync(config.trustRoot, 'utf8')) as TrustRoot // made by `chaperone init`
  const isolated = becomeAccount(config.account)
  if (!isolated) process.stderr.write('not isolated: the signer shares an account with the gateway\n')
  process.umask(0o077)
  clearAgents(config)
  const { sha256 } = nodeCrypto
  const signer = createSigner({
    crypto: nodeCrypto,
    now: () => instantOf(Date.now() / 1000),
    random: (length) => randomBytes(length),
    authority: openAuthority(config.caKey),
    cosigner: loadPrivateKey(readFileSync(join(config.folder, 'cosigner.key'), 'utf8')),
    trustRoot,
    isolated,
    openJournal: (onRecord, keep) => openJournal(join(config.folder, 'journal'), sha256, onRecord, keep),
    async serveAgent(login, sign) {
      const path = join(config.agentFolder, `${toHex(randomBytes(8))}.sock`)
      await serveOneShotAgent(path, login, sign, agentSeconds, nodeCrypto)
      return path
    },
  })
  const report = (error: unknown) => process.stderr.write(`${String((error as Error).stack ?? error)}\n`)
  const servers = [
    await serve(config.officerSocket, 0o666, officerActions(signer), report),
    await serve(config.socket, 0o660, gatewayActions(signer), report),
  ]
  process.stderr.write('signer ready\n')
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      for (const server of servers) server.close()
      signer.close()
      process.exit(0)
    })
  }
}

/** True when this process has an account that the gateway does not share. */
function becomeAccount(account: SignerConfig['account']): boolean {
  if (account === undefined || process.getuid?.() !== 0) return false
  process.setgroups?.([...account.groups, account.gid])
  process.setgid?.(account.gid)
  process.setuid?.(account.uid)
  return true
}

/** Sockets of a process that died. */
function clearAgents({ agentFolder }: SignerConfig): void {
  for (const name of readdirSync(agentFolder))
    if (name.endsWith('.sock')) rmSync(join(agentFolder, name), { force: true })
}

if (import.meta.main) await main(process.argv[2] ?? 'signer.json')
