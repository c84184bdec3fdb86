import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { utf8 } from '@chaperone/encoding'
import { namespaceOf, parseStatement, signerOf, type Roster, type SignedStatement } from '@chaperone/domain'
import { allEntries, rosterNow, type Story } from '../story.ts'

/** Every statement in the log verifies with the OpenSSH that everybody has; none of our code takes part. */
export async function checkSignatures(story: Story): Promise<void> {
  const { tell, folder } = story
  tell.stage('Stock ssh-keygen verifies every stored statement')
  const work = join(folder, 'signatures')
  mkdirSync(work, { recursive: true })
  const signers = join(work, 'allowed_signers')
  writeFileSync(signers, allowedSigners(await rosterNow(story)))
  const checked = new Map<string, number>()
  for (const signed of (await allEntries(story)).flatMap(({ event }) => statementsIn(event))) {
    const parsed = parseStatement(utf8(signed.text))
    if (!parsed.ok) throw new Error('a statement in the log does not parse')
    const { kind } = parsed.value
    const file = join(work, 'signature')
    writeFileSync(file, signed.signature)
    const words = [
      '-Y',
      'verify',
      '-f',
      signers,
      '-I',
      signerOf(parsed.value),
      '-n',
      namespaceOf(kind),
      '-s',
      file,
    ]
    const done = spawnSync('ssh-keygen', words, { input: signed.text, encoding: 'utf8' })
    if (done.status !== 0) tell.expect(`${kind}: ${done.stderr.trim()}`, false)
    checked.set(kind, (checked.get(kind) ?? 0) + 1)
  }
  for (const [kind, count] of checked)
    tell.show(kind, `${count} verified with ${namespaceOf(kind as 'allow')}`)
  tell.expect(
    'decisions, releases and adoptions among them',
    ['allow', 'release', 'adopt'].every((kind) => checked.has(kind)),
  )
}

function allowedSigners({ people }: Roster): string {
  return people
    .flatMap(({ person, keys }) => keys.map(({ blob }) => `${person} ${typeOf(blob)} ${blob}\n`))
    .join('')
}

/** The key type that a public key blob begins with. */
function typeOf(base64: string): string {
  const blob = Buffer.from(base64, 'base64')
  return blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('ascii')
}

function statementsIn(event: Readonly<Record<string, unknown>>): readonly SignedStatement[] {
  const { statement, statements, adoptions } = event
  return [statement, statements, adoptions].flat().filter((value) => value !== undefined) as SignedStatement[]
}
