import type { Command } from 'commander'
import { utf8 } from '@chaperone/encoding'
import { gatewayAt } from '../gateway.ts'
import { openKey } from '../key.ts'
import { facts } from '../printing/table.ts'
import type { Printer } from '../printing/printer.ts'
import { forgetSession, loadSession, saveSession } from '../session.ts'
import { signedInGateway } from '../here.ts'

/** Not a statement's: a sign-in can never be passed off as a decision. */
const namespace = 'sign-in@chaperone'

export function addSignIn(program: Command, print: Printer): void {
  program
    .command('sign-in')
    .description('Sign in with a key of the roster; the session is kept in a file of yours')
    .requiredOption('--gateway <url>', 'address of the gateway')
    .requiredOption(
      '--key <file>',
      'PKCS#8 PEM (software), OpenSSH private key (FIDO2), or .pub of a key in an agent (PIV)',
    )
    .action(async ({ gateway: url, key: file }: { gateway: string; key: string }) => {
      const address = url.replace(/\/+$/, '')
      const gateway = gatewayAt(address, undefined)
      const key = openKey(file)
      const { challenge } = await gateway.call('keyChallenge', {})
      const signature = key.sign(namespace, utf8(challenge))
      const { person, name, token, expires } = await gateway.call('keySignIn', {
        body: { challenge, signature },
      })
      saveSession({ gateway: address, person, name, token, expires })
      print.result({ person, name, expires }, `Signed in as ${name} (${person}) until ${expires}`)
    })
  program
    .command('sign-out')
    .description('End the session')
    .action(async () => {
      await signedInGateway().call('signOut', {})
      forgetSession()
      print.result({}, 'Signed out')
    })
  program
    .command('whoami')
    .description('Who is signed in, and where')
    .action(async () => {
      const { gateway, expires } = loadSession()
      const me = await signedInGateway().call('me', {})
      print.result(
        { ...me, gateway, expires },
        facts([
          ['person', `${me.name} (${me.person})`],
          ['roles', me.roles.join(', ')],
          ['gateway', gateway],
          ['until', expires],
          ['targets', me.targets.map((target) => `${target.target} (${target.regime})`).join(', ')],
        ]),
      )
    })
}
