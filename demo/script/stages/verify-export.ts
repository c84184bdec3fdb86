import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportPath } from '@chaperone/contract'
import { placesOf } from '@chaperone/installation'
import type { Verification } from '@chaperone/verify'
import { chaperoneVerify } from '../../chaperone-verify.ts'
import { eventually, type Story } from '../story.ts'

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
  for (const [member, value] of Object.entries(JSON.parse(readFileSync(root, 'utf8')) as object))
    tell.show(`trust root: ${member}`, String(value))
  const { verification, status } = chaperoneVerify(file, root, '--sshd-log', sshdLog)
  report(story, verification, status)
  changeOneByte(file)
  const changed = chaperoneVerify(file, root)
  const broken = changed.verification.rules.find(({ verdict }) => verdict === 'broken')
  tell.refused(
    'one byte of one entry changed in the export',
    'chaperone verify',
    broken?.rule,
    'entries-unchanged',
  )
}

/** In the time of the first entry that is in the archive in clear. */
function changeOneByte(file: string): void {
  const bytes = readFileSync(file)
  const at = bytes.indexOf('"at":"20') + '"at":"20'.length
  bytes[at] = bytes[at] === 0x39 ? 0x38 : 0x39
  writeFileSync(file, bytes)
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
