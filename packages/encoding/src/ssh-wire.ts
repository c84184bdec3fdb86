import { concat, utf8 } from './bytes.ts'

/** The SSH data types of RFC 4251 §5, as signatures, keys, certificates and the agent protocol use them. */

export function u32(value: number): Uint8Array {
  return new Uint8Array([(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])
}

export function u64(value: bigint): Uint8Array {
  return concat(u32(Number((value >> 32n) & 0xffffffffn)), u32(Number(value & 0xffffffffn)))
}

export function sshString(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? utf8(value) : value
  return concat(u32(bytes.length), bytes)
}

/** A non-negative integer given as big-endian bytes, in the one spelling `mpint` allows. */
export function mpint(magnitude: Uint8Array): Uint8Array {
  let start = 0
  while (start < magnitude.length && magnitude[start] === 0) start++
  const bare = magnitude.subarray(start)
  return sshString(bare.length > 0 && bare[0]! >= 0x80 ? concat(new Uint8Array(1), bare) : bare)
}

/** Thrown by `SshReader` for bytes that end early or are badly spelt; callers turn it into their refusal. */
export class SshWireError extends Error {
  override readonly name = 'SshWireError'
}

export class SshReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#offset === this.#bytes.length
  }

  raw(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#offset) throw new SshWireError('ends early')
    const piece = this.#bytes.subarray(this.#offset, this.#offset + length)
    this.#offset += length
    return piece
  }

  u8(): number {
    return this.raw(1)[0]! // raw gave exactly one byte
  }

  u32(): number {
    const [a, b, c, d] = this.raw(4) as unknown as [number, number, number, number] // raw gave exactly four
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32())
  }

  string(): Uint8Array {
    return this.raw(this.u32())
  }

  /** A string that must be printable ASCII. */
  text(): string {
    const bytes = this.string()
    let text = ''
    for (const byte of bytes) {
      if (byte < 0x20 || byte > 0x7e) throw new SshWireError('text is not printable ASCII')
      text += String.fromCharCode(byte)
    }
    return text
  }

  /** A non-negative mpint as exactly `length` big-endian bytes. */
  mpint(length: number): Uint8Array {
    const bytes = this.string()
    const positive = bytes.length > 0 && bytes[0] === 0 ? bytes.subarray(1) : bytes
    const canonical = bytes.length === 0 || (bytes[0]! < 0x80 && !(bytes[0] === 0 && (bytes[1] ?? 0) < 0x80))
    if (!canonical || positive.length > length) throw new SshWireError('mpint is badly spelt')
    return concat(new Uint8Array(length - positive.length), positive)
  }

  /** Refuses trailing bytes: they would be signed but not read. */
  end(): void {
    if (!this.done) throw new SshWireError('has trailing bytes')
  }
}
