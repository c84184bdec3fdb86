import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateRegistrationOptions } from '@simplewebauthn/server'
import { afterAll, describe, expect, test } from 'vitest'
import {
  fromBase64Url,
  skP256Blob,
  packAssertion,
  parsePublicKey,
  parsePublicKeyLine,
  publicKeyLine,
  concat,
  toBase64Url,
  toBeSigned,
  verifySignature,
  type SshPublicKey,
} from '@chaperone/encoding'
import { generateKey, nodeCrypto, signSshsig } from '@chaperone/node-crypto'
import { sampleStatements, softwareAuthenticator } from '@chaperone/testkit'
import { namespaceOf, printStatement, type Statement } from './index.ts'

/** Signatures are for people without our software too: OpenSSH's own tool must accept all that we accept, and back. */

const folder = mkdtempSync(join(tmpdir(), 'chaperone-stock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Signer {
  readonly key: SshPublicKey
  sign(namespace: string, message: Uint8Array): string
}

function plain(type: Parameters<typeof generateKey>[0]): Signer {
  const { key } = generateKey(type)
  const parsed = parsePublicKey(key.blob)
  if (!parsed.ok) throw new Error('a generated key parses')
  return { key: parsed.value, sign: (namespace, message) => signSshsig(key, namespace, message) }
}

/** A passkey at the desk's origin. */
async function passkey(): Promise<Signer> {
  const origin = 'http://sign.localhost:8401'
  const authenticator = softwareAuthenticator()
  const options = await generateRegistrationOptions({
    rpName: 'Chaperone',
    rpID: 'sign.localhost',
    userName: 'p-ada00001',
    attestationType: 'none',
    supportedAlgorithmIDs: [-7],
  })
  const { response } = authenticator.create(options, origin)
  // The COSE key ends the object: … -2: x, -3: y.
  const object = fromBase64Url(response.attestationObject) ?? new Uint8Array()
  const point = concat(new Uint8Array([4]), object.subarray(-67, -35), object.subarray(-32))
  const parsed = parsePublicKey(skP256Blob(point, 'sign.localhost'))
  if (!parsed.ok) throw new Error('a passkey’s key parses')
  const key = parsed.value
  return {
    key,
    sign(namespace, message) {
      const challenge = toBase64Url(toBeSigned(namespace, message, nodeCrypto.sha512))
      const { response: assertion } = authenticator.get({ challenge, rpId: 'sign.localhost' }, origin)
      const part = (text: string) => fromBase64Url(text) ?? new Uint8Array()
      const packed = packAssertion(
        key,
        namespace,
        origin,
        {
          authenticatorData: part(assertion.authenticatorData),
          clientData: part(assertion.clientDataJSON),
          signature: part(assertion.signature),
        },
        nodeCrypto.sha256,
      )
      if (!packed.ok) throw new Error(packed.error.code)
      return packed.value
    },
  }
}

function stockVerify(
  signer: Signer,
  namespace: string,
  message: Uint8Array,
  signature: string,
): number | null {
  writeFileSync(join(folder, 'signature'), signature)
  writeFileSync(join(folder, 'allowed'), `ada namespaces="${namespace}" ${publicKeyLine(signer.key)}\n`)
  const args = ['-Y', 'verify', '-f', 'allowed', '-I', 'ada', '-n', namespace, '-s', 'signature']
  return spawnSync('ssh-keygen', args, { cwd: folder, input: message }).status
}

const signers = [
  ['Ed25519', plain('ssh-ed25519')],
  ['P-256', plain('ecdsa-sha2-nistp256')],
  ['passkey', await passkey()],
] as const

describe.for(signers)('stock ssh-keygen accepts what a %s key signed', ([, signer]) => {
  test.for(sampleStatements.map((statement) => [statement.kind, statement] as const))(
    '%s',
    ([kind, statement]) => {
      const message = printStatement(statement)
      const signature = signer.sign(namespaceOf(kind), message)
      expect(verifySignature(signature, message, namespaceOf(kind), nodeCrypto)).toMatchObject({ ok: true })
      expect(stockVerify(signer, namespaceOf(kind), message, signature)).toBe(0)
    },
  )

  test('and not what it did not sign', () => {
    const [statement, other] = sampleStatements as readonly [Statement, Statement]
    const message = printStatement(statement)
    const namespace = namespaceOf(statement.kind)
    const signature = signer.sign(namespace, message)
    expect(stockVerify(signer, namespace, printStatement(other), signature)).not.toBe(0)
    expect(verifySignature(signature, printStatement(other), namespace, nodeCrypto)).toMatchObject({
      ok: false,
    })
    expect(stockVerify(signer, 'other@chaperone', message, signature)).not.toBe(0)
  })
})

describe('we accept what stock ssh-keygen signed', () => {
  test.for(['ed25519', 'ecdsa'])('with %s', (type) => {
    const file = join(folder, `key-${type}`)
    const made = spawnSync('ssh-keygen', ['-q', '-t', type, '-b', '256', '-N', '', '-f', file])
    expect(made.status).toBe(0)
    const key = parsePublicKeyLine(readFileSync(`${file}.pub`, 'utf8').trim())
    const message = printStatement(sampleStatements[0]!)
    const args = ['-Y', 'sign', '-f', file, '-n', 'allow@chaperone']
    const { stdout } = spawnSync('ssh-keygen', args, { input: message, encoding: 'utf8' })
    const verified = verifySignature(stdout, message, 'allow@chaperone', nodeCrypto)
    expect(verified).toMatchObject({ ok: true, value: { key: key.ok ? { type: key.value.type } : {} } })
    expect(verifySignature(stdout, message, 'forbid@chaperone', nodeCrypto)).toMatchObject({
      error: { code: 'signature-namespace' },
    })
  })
})
