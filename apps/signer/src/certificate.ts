import { concat, sshString, u32, u64 } from '@chaperone/encoding'

/** Signs with the certificate authority's key, wherever that is; answers `string type, string signature`. */
export interface CaKey {
  /** The public key blob. */
  readonly blob: Uint8Array
  /** Fault `ca-unavailable` when an agent does not answer. */
  sign(message: Uint8Array): Promise<Uint8Array>
}

/** An OpenSSH user certificate over an Ed25519 key (spec/certificate.md). */
export interface UserCertificate {
  /** 32 bytes: the raw public key that logs in. */
  readonly subject: Uint8Array
  /** 32 random bytes. */
  readonly nonce: Uint8Array
  readonly serial: bigint
  readonly keyId: string
  readonly principals: readonly string[]
  /** Seconds since 1970. */
  readonly validAfter: number
  readonly validBefore: number
  readonly forceCommand: string
  /** Comma-separated addresses or CIDR blocks. */
  readonly sourceAddress: string | null
}

export const certificateType = 'ssh-ed25519-cert-v01@openssh.com'
const userType = 1

/** The certificate's blob, as an agent offers it. */
export async function signCertificate(certificate: UserCertificate, ca: CaKey): Promise<Uint8Array> {
  const { sourceAddress } = certificate
  // Options stand in the order of their names: sshd refuses any other.
  const critical = concat(
    option('force-command', certificate.forceCommand),
    sourceAddress === null ? new Uint8Array() : option('source-address', sourceAddress),
  )
  const body = concat(
    sshString(certificateType),
    sshString(certificate.nonce),
    sshString(certificate.subject),
    u64(certificate.serial),
    u32(userType),
    sshString(certificate.keyId),
    sshString(concat(...certificate.principals.map(sshString))),
    u64(BigInt(certificate.validAfter)),
    u64(BigInt(certificate.validBefore)),
    sshString(critical),
    sshString(''), // no extensions: no terminal, no forwarding, no rc file
    sshString(''),
    sshString(ca.blob),
  )
  return concat(body, sshString(await ca.sign(body)))
}

function option(name: string, value: string): Uint8Array {
  return concat(sshString(name), sshString(sshString(value)))
}
