import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exportPath } from '@chaperone/contract'
import { placesOf } from '@chaperone/installation'
import type { Verification } from '@chaperone/verify'
import { eventually, type Story } from '../story.ts'

const chaperone = fileURLToPath(new URL('../../../apps/cli/bin/chaperone.js', import.meta.url))

/** The auditor takes the log away; `chaperone verify` judges it by the trust root, without network or database. */
export async function verifyLog(story: Story): Promise<void> {
  const { tell, folder, demo, people } = story
  tell.stage('The auditor exports the log; chaperone verify judges it offline')
  await eventually('the signer to have cosigned everything', async () => {
    const { size, cosignedSize } = await people.auditor.api.call('logStatus')
    return cosignedSize === size ? true : undefined
  })
  const file = join(folder, 'export.tar')
  const bytes = await people.auditor.api.download(exportPath)
  writeFileSync(file, bytes)
  const sshdLog = join(folder, 'sshd.log')
  writeFileSync(sshdLog, (await demo.targets.web.log()) + (await demo.targets.db.log()))
  const root = placesOf(demo.folder).trustRoot
  tell.show('export', `${file} ${bytes.length} bytes`)
  tell.show('trust root', readFileSync(root, 'utf8').replaceAll(/\s+/g, ' '))
  const words = [chaperone, '--json', 'verify', file, '--root', root, '--sshd-log', sshdLog]
  const done = spawnSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (done.stdout === '') throw new Error(`chaperone verify said nothing: ${done.stderr}`)
  report(story, JSON.parse(done.stdout) as Verification, done.status)
}

function report({ tell }: Story, { size, root, rules, verdict }: Verification, status: number | null): void {
  tell.show('log', `${size} entries, root ${root}`)
  for (const { rule, verdict: found, checked, first, missing } of rules) {
    const why =
      first === null
        ? missing.map(({ what, why }) => `${what}: ${why}`).join(', ')
        : `${first.entry ?? ''} ${first.why.code}`
    tell.show(rule, `${found} (${checked} checked) ${why}`)
  }
  tell.expect(
    `chaperone verify: ${verdict} (exit ${status ?? 'by signal'})`,
    verdict === 'proven' && status === 0,
  )
}
