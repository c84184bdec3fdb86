import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault, keyIdOf, parsePublicKeyLine, type KeyId } from '@chaperone/encoding'
import { loadPrivateKey, nodeCrypto, signSshsig } from '@chaperone/node-crypto'

/** A key that can sign as `ssh-keygen -Y sign` does, wherever it lives. */
export interface SigningKey {
  readonly key: KeyId
  readonly blob: Uint8Array
  /** An armored SSHSIG. Fault `key-did-not-sign`. */
  sign(namespace: string, message: Uint8Array): string
}

/**
 * A PKCS#8 PEM file is a software key and signs here. Everything else is OpenSSH's to use: a private key file
 * (`id_ed25519_sk` asks for a touch), or a `.pub` file whose private half is in an agent (PIV and CAC through PKCS#11).
 */
export function openKey(path: string): SigningKey {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault('key-unreadable', `cannot read the key \`${path}\``, { cause })
  }
  if (text.startsWith('-----BEGIN PRIVATE KEY-----')) return softwareKey(text)
  const line = path.endsWith('.pub') ? text : publicLineBeside(path)
  const key = parsePublicKeyLine(line)
  if (!key.ok) throw new Fault('key-unusable', `\`${path}\` is neither an Ed25519 nor a P-256 key`)
  const { blob } = key.value
  return {
    key: keyIdOf(blob, nodeCrypto.sha256),
    blob,
    sign: (namespace, message) => keygenSign(path, namespace, message),
  }
}

function softwareKey(pem: string): SigningKey {
  const key = loadPrivateKey(pem)
  return {
    key: keyIdOf(key.blob, nodeCrypto.sha256),
    blob: key.blob,
    sign: (namespace, message) => signSshsig(key, namespace, message),
  }
}

function publicLineBeside(path: string): string {
  try {
    return readFileSync(`${path}.pub`, 'utf8')
  } catch (cause) {
    throw new Fault('key-unreadable', `\`${path}.pub\` is needed beside \`${path}\``, { cause })
  }
}

function keygenSign(path: string, namespace: string, message: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-sign-'))
  try {
    const file = join(folder, 'statement')
    writeFileSync(file, message, { mode: 0o600 })
    // The touch prompt and a PIN question are OpenSSH's: they go to the terminal.
    const done = spawnSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', path, file], {
      stdio: ['inherit', 'ignore', 'inherit'],
    })
    if (done.status !== 0)
      throw new Fault('key-did-not-sign', 'ssh-keygen did not sign', { cause: done.error })
    return readFileSync(`${file}.sig`, 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
