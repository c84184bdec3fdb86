import { secondsOf, type Instant } from '@chaperone/encoding'
import { generateKey } from '@chaperone/node-crypto'
import { forceCommand } from '@chaperone/runner'
import { signCertificate, type CaKey } from './certificate.ts'
import type { Grant } from './check-issue.ts'
import type { OneShotLogin } from './one-shot-agent.ts'

/** How long a certificate and its agent are good for. */
export const loginSeconds = 60
const clockSlack = 30
/** The runner ends the step when it hears nothing for longer. */
const silenceSeconds = 10

/** The certificate of one run (spec/certificate.md) over a key that nobody else will ever have. */
export async function makeLogin(
  { run, target, step, hostKey, notAfter }: Grant,
  serial: bigint,
  nonce: Uint8Array,
  ca: CaKey,
  at: Instant,
): Promise<OneShotLogin> {
  const { key } = generateKey('ssh-ed25519')
  const seconds = secondsOf(at)
  const { bytes, files, maxSeconds, account } = step
  const certificate = await signCertificate(
    {
      subject: key.point,
      nonce,
      serial,
      keyId: `chaperone:${run}`,
      principals: [`${account}@${target.target}`],
      validAfter: seconds - clockSlack,
      validBefore: Math.min(seconds + loginSeconds, notAfter),
      forceCommand: forceCommand({ run, bytes, files, notAfter, maxSeconds, silenceSeconds }),
      sourceAddress: target.sourceAddress,
    },
    ca,
  )
  return { certificate, key, user: account, hostKey, seconds: loginSeconds }
}
