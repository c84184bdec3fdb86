import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { keyIdOf, parsePublicKey, parsePublicKeyLine, publicKeyLine } from '@chaperone/encoding'
import { generateKey, nodeCrypto } from '@chaperone/node-crypto'
import { signedInGateway } from '../here.ts'
import { openKey } from '../key.ts'
import { table } from '../printing/table.ts'
import type { Printer } from '../printing/printer.ts'
import { Refused, UsageError } from '../refused.ts'

export function addKeys(program: Command, print: Printer): void {
  const keys = program.command('keys').description('Keys: whose, which count, which wait for two officers')
  keys
    .command('list', { isDefault: true })
    .description('Everybody’s keys: those of the roster in force and those collected since')
    .action(async () => {
      const people = await signedInGateway().call('people', {})
      const rows = people.flatMap(({ person, name, adoptedKeys, pendingKeys }) => [
        ...adoptedKeys.map((key) => [name, person, 'counts', key]),
        ...pendingKeys.map(({ key }) => [name, person, 'waits for two officers', key]),
      ])
      print.result(people, table(['NAME', 'PERSON', 'STATE', 'KEY'], rows))
    })
  keys
    .command('fingerprint')
    .description('The fingerprint of a key in a file, to be read out to a second person')
    .argument('<file>')
    .action((file: string) => {
      const { key } = file.endsWith('.pub') ? publicKeyIn(file) : openKey(file)
      print.result({ key }, key)
    })
  keys
    .command('new')
    .description('Make a software key; it counts in demonstrations only')
    .argument('<file>')
    .option('--p256', 'ECDSA P-256 instead of Ed25519')
    .action((file: string, { p256 }: { p256?: boolean }) => {
      if (existsSync(file)) throw new UsageError(`\`${file}\` exists already`)
      const { key, file: pem } = generateKey(p256 === true ? 'ecdsa-sha2-nistp256' : 'ssh-ed25519')
      writeFileSync(file, pem, { mode: 0o600, flag: 'wx' })
      const id = keyIdOf(key.blob, nodeCrypto.sha256)
      const parsed = parsePublicKey(key.blob)
      if (parsed.ok) writeFileSync(`${file}.pub`, `${publicKeyLine(parsed.value)}\n`)
      print.result({ key: id, file }, `${id}  ${file}`)
    })
  keys
    .command('link')
    .description('Make a one-time enrolment link for somebody else')
    .argument('<person>')
    .action(async (person: string) => {
      const made = await signedInGateway().call('issueEnrolment', { params: { person } })
      print.result(made, `${made.url}\nworks once, until ${made.expires}`)
    })
}

function publicKeyIn(file: string): { readonly key: string } {
  const parsed = parsePublicKeyLine(readFileSync(file, 'utf8'))
  if (!parsed.ok) throw new Refused(parsed.error, `\`${file}\` is neither an Ed25519 nor a P-256 public key`)
  return { key: keyIdOf(parsed.value.blob, nodeCrypto.sha256) }
}
