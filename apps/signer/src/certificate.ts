import { concat, parsePublicKey, sshString, u32, u64, type SshPublicKey } from '@chaperone/encoding'

/** What a certificate says (PROTOCOL.certkeys of OpenSSH; spec/certificate.md). */
export interface CertificateContent {
  readonly subject: SshPublicKey
  readonly nonce: Uint8Array
  readonly serial: bigint
  readonly keyId: string
  readonly principals: readonly string[]
  /** Seconds since 1970. */
  readonly validAfter: number
  readonly validBefore: number
  readonly forceCommand: string
  readonly sourceAddress: string | null
}

/** Signs bytes with the authority's key; answers `string type, string signature`. */
export type SignAsAuthority = (message: Uint8Array) => Promise<Uint8Array>

/** Makes a user certificate for an Ed25519 subject, without any extension: no terminal, no forwarding, no rc file. */
export async function makeCertificate(
  content: CertificateContent,
  authority: Uint8Array,
  sign: SignAsAuthority,
): Promise<Uint8Array> {
  const { subject, nonce, serial, keyId, principals, validAfter, validBefore, forceCommand, sourceAddress } =
    content
  const options: [string, string][] = [['force-command', forceCommand]]
  if (sourceAddress !== null) options.push(['source-address', sourceAddress])
  const body = concat(
    sshString('ssh-ed25519-cert-v01@openssh.com'),
    sshString(nonce),
    sshString(subject.point),
    u64(serial),
    u32(1),
    sshString(keyId),
    sshString(concat(...principals.map((principal) => sshString(principal)))),
    u64(BigInt(validAfter)),
    u64(BigInt(validBefore)),
    sshString(concat(...options.flatMap(([name, value]) => [sshString(name), sshString(sshString(value))]))),
    sshString(''),
    sshString(''),
    sshString(authority),
  )
  return concat(body, sshString(await sign(body)))
}

export function isAuthorityKey(blob: Uint8Array): boolean {
  const key = parsePublicKey(blob)
  return key.ok && (key.value.type === 'ssh-ed25519' || key.value.type === 'ecdsa-sha2-nistp256')
}
