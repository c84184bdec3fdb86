import type { Statement } from '@chaperone/domain'
import { sampleDigest } from './sample-log.ts'

const about = { order: 'wo-sample0abc', version: 1 }
const [technician, escort, officer] = ['p-technician', 'p-escortone', 'p-officerone']
const issued = '2026-11-24T16:20:34Z'
const keyId = 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU'
const run = '0123456789abcdef0123456789abcdef'
const seen = { policy: sampleDigest('policy'), roster: 3, logSize: 41, logRoot: sampleDigest('head') }
const step = (index: number) => ({
  step: { index, of: 3 },
  attempt: 1,
  digest: sampleDigest('step', index),
  target: 'web-1.example',
  hostKey: keyId,
  account: 'ops',
  interpreter: 'bash' as const,
  analysis: sampleDigest('analysis', index),
  seat: { index: 1, of: 2 },
})
const decision = {
  ...about,
  orderDigest: sampleDigest('order'),
  steps: [step(1), step(2)],
  technician,
  escort,
  notBefore: '2026-11-24T16:00:00Z',
  notAfter: '2026-11-24T20:00:00Z',
  ...seen,
}

/** One statement of every kind. */
export const sampleStatements: readonly Statement[] = [
  { kind: 'allow', ...decision },
  { kind: 'forbid', ...decision, steps: [step(3)] },
  { kind: 'submit', ...about, orderDigest: sampleDigest('order'), technician, issued },
  { kind: 'withdraw', ...about, technician, issued },
  { kind: 'kill', order: about.order, run, person: escort, issued },
  { kind: 'freeze', ...about, escort, issued },
  {
    kind: 'release',
    ...about,
    releases: [{ run, content: sampleDigest('text'), length: 512 }],
    recipient: technician,
    recipientFacts: sampleDigest('facts'),
    releaser: escort,
    issued,
    ...seen,
  },
  { kind: 'stop', scope: 'pair', value: `${technician}+${escort}`, officer, issued, expires: 'never' },
  { kind: 'lift', stop: sampleDigest('stop'), officer, issued },
  {
    kind: 'adopt',
    subject: 'roster',
    version: 2,
    digest: sampleDigest('roster', 2),
    previous: sampleDigest('roster', 1),
    officer,
    issued,
  },
  { kind: 'enrol', person: escort, key: keyId, class: 'passkey', officer, issued },
  { kind: 'recovery', logSize: 41, logRoot: sampleDigest('head'), epoch: 2, officer, issued },
]
