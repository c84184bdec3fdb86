import type { Command } from 'commander'
import { instantOf, publicKeyLine, parsePublicKey, secondsOf } from '@chaperone/encoding'
import { defaultFolder, initialise, type Officer } from '@chaperone/installation'
import { printTrustRoot } from '@chaperone/verify'
import { openKey } from '../key.ts'
import type { Printer } from '../printing/printer.ts'
import { Refused, UsageError } from '../refused.ts'
import { readSetUp, type SetUp } from '../set-up-file.ts'

interface InitOptions {
  readonly folder: string
  readonly organisation: string
  readonly setUp: string
  readonly officer: readonly string[]
  readonly expiresDays: string
}

export function addInit(program: Command, print: Printer): void {
  program
    .command('init')
    .description('Make an installation on this machine with two officers; prints the trust root')
    .requiredOption('--organisation <word>', 'as the roster names it: a-z, 0-9 and -')
    .requiredOption('--set-up <file>', 'JSON: the first people and targets')
    .requiredOption(
      '--officer <name=key...>',
      'an officer of the set-up file and the key they sign with; two of them',
    )
    .option('--folder <folder>', 'where the installation lives', defaultFolder('chaperone'))
    .option('--expires-days <n>', 'how long roster 1 counts', '90')
    .addHelpText('after', setUpHelp)
    .action(async (options: InitOptions) => {
      const now = instantOf(Date.now() / 1000)
      const days = Number(options.expiresDays)
      if (!Number.isInteger(days) || days < 1) throw new UsageError('--expires-days takes a number of days')
      const expires = instantOf(secondsOf(now) + days * 86_400)
      const setUp = readSetUp(options.setUp, now, expires)
      const made = await initialise({
        folder: options.folder,
        config: { organisation: options.organisation },
        roster: () => Promise.resolve(setUp),
        names: setUp.names,
        officers: options.officer.map((given) => officerOf(given, setUp, print)),
        now,
        expires,
      })
      if (!made.ok) throw new Refused(made.error)
      const { places, trustRoot, authority } = made.value
      const key = parsePublicKey(authority)
      const line = key.ok ? publicKeyLine(key.value, 'chaperone') : ''
      print.result(
        { folder: places.folder, trustRoot, authority: line, people: setUp.names },
        [
          `Made in ${places.folder}. The trust root, to be kept by everybody who will check this installation:`,
          '',
          printTrustRoot(trustRoot),
          'Targets trust this key (TrustedUserCAKeys):',
          `  ${line}`,
          '',
          ...Object.entries(setUp.names).map(([person, name]) => `  ${person}  ${name}`),
          '',
          `Start it with: chaperone serve --folder ${places.folder}`,
        ].join('\n'),
      )
    })
}

const setUpHelp = `
Set-up file: {"people": [{"name": …, "roles": ["officer"], "regimes": ["open"], "until": …, "keys": [{"file": "ana.pub", "class": "fido2"}]}],
  "targets": [{"target": "web-1", "regime": "open", "address": "10.0.0.5", "port": 22, "hostKeys": ["ssh-ed25519 …"], "accounts": ["ops"],
  "quorum": 1, "keyClasses": ["passkey", "fido2", "piv"], "maxSeconds": 3600}]}. Key files are relative to it.
`

/** `NAME=KEY`: the officer signs with their own key, which this process uses and never sees unless it is a PEM file. */
function officerOf(given: string, setUp: SetUp, print: Printer): Officer {
  const [, name = '', file = ''] = /^([^=]+)=(.+)$/.exec(given) ?? []
  const person = Object.entries(setUp.names).find(([id, called]) => called === name || id === name)?.[0]
  if (person === undefined) throw new UsageError(`--officer: \`${given}\` names nobody of the set-up file`)
  const key = openKey(file)
  return {
    person,
    sign(bytes, namespace) {
      print.note(`${name}: sign roster 1 with ${key.key}`)
      return Promise.resolve(key.sign(namespace, bytes))
    },
  }
}
