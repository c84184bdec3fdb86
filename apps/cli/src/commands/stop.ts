import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { fromUtf8, instantOf, isInstant } from '@chaperone/encoding'
import {
  namespaceOf,
  printStatement,
  type SignedStatement,
  type Statement,
  type StopScope,
} from '@chaperone/domain'
import { defaultFolder, placesOf } from '@chaperone/installation'
import { signedInGateway } from '../here.ts'
import { openKey } from '../key.ts'
import { askSigner } from '../signer-socket.ts'
import type { Printer } from '../printing/printer.ts'
import { UsageError } from '../refused.ts'

interface OrderOptions {
  readonly scope: StopScope
  readonly value: string
  readonly officer: string
  readonly key: string
  readonly expires: string
  readonly signer?: string | true
}

const signerOption = [
  '--signer [socket]',
  'deliver it to the signer’s own socket, past the gateway; needs no session',
] as const

export function addStop(program: Command, print: Printer): void {
  const stop = program
    .command('stop')
    .description('The switch: stop work by person, target, regime, or all of it')
  stop
    .command('order')
    .description('Order a stop: one officer’s signature, at once')
    .requiredOption('--scope <scope>', 'all, person, pair, target or regime')
    .requiredOption('--officer <person>', 'who signs')
    .requiredOption('--key <file>')
    .option('--value <text>', 'which one', 'all')
    .option('--expires <instant>', 'when it ends by itself', 'never')
    .option(...signerOption)
    .action(async ({ scope, value, officer, key, expires, signer }: OrderOptions) => {
      if (expires !== 'never' && !isInstant(expires)) throw new UsageError(`\`${expires}\` is no UTC second`)
      const issued = instantOf(Date.now() / 1000)
      const signed = signStatement({ kind: 'stop', scope, value, officer, issued, expires }, key)
      if (signer !== undefined) {
        const answer = await askSigner(socketOf(signer), '/stop', signed)
        return print.result(
          answer,
          'the signer has latched the stop: no certificate is made for what it hits',
        )
      }
      const { stop: digest, killed } = await signedInGateway().call('orderStop', { body: signed })
      print.result({ stop: digest, killed }, `stop ${digest}\n${killed.length} running step(s) told to end`)
    })
  stop
    .command('sign-lift')
    .description('Sign that a stop may be lifted; two officers do')
    .argument('<stop>', 'its digest')
    .requiredOption('--officer <person>')
    .requiredOption('--key <file>')
    .requiredOption('--out <file>')
    .action((digest: string, { officer, key, out }: { officer: string; key: string; out: string }) => {
      const issued = instantOf(Date.now() / 1000)
      writeFileSync(
        out,
        `${JSON.stringify(signStatement({ kind: 'lift', stop: digest, officer, issued }, key))}\n`,
      )
      print.result({ file: out }, out)
    })
  stop
    .command('lift')
    .description('Lift a stop with the statements of two officers')
    .argument('<stop>', 'its digest')
    .argument('<statements...>', 'what `stop sign-lift` wrote')
    .option(...signerOption)
    .action(async (digest: string, files: readonly string[], { signer }: { signer?: string | true }) => {
      const statements = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as SignedStatement)
      const body = { stop: digest, statements }
      if (signer === undefined) await signedInGateway().call('liftStop', { body })
      else await askSigner(socketOf(signer), '/lift', body)
      print.result({ stop: digest }, `stop ${digest} is lifted`)
    })
}

function socketOf(given: string | true): string {
  return given === true ? placesOf(defaultFolder('chaperone')).sockets.officers : given
}

function signStatement(statement: Statement, keyFile: string): SignedStatement {
  const bytes = printStatement(statement)
  return { text: fromUtf8(bytes) ?? '', signature: openKey(keyFile).sign(namespaceOf(statement.kind), bytes) }
}
