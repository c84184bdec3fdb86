/** Bytes in and out of text. Every decoder refuses a second spelling of the same bytes. */

const encoder = new TextEncoder()
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The text these bytes spell, or `undefined` when they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** The text of bytes that must be printable ASCII and LF, or `undefined`. */
export function fromAscii(bytes: Uint8Array): string | undefined {
  const text = fromUtf8(bytes)
  return text !== undefined && /^[\n\x20-\x7e]*$/.test(text) ? text : undefined
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]! // in range: same length
  return difference === 0
}

const hexDigits = '0123456789abcdef'
const hexValue = new Int8Array(128).fill(-1)
for (let i = 0; i < 16; i++) hexValue[hexDigits.charCodeAt(i)] = i
const hexOfByte = Array.from({ length: 256 }, (_, byte) => hexDigits[byte >> 4]! + hexDigits[byte & 15]!)

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += hexOfByte[byte]! // a byte indexes a table of 256
  return text
}

/** Lower-case hex only. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    const high = hexValue[text.charCodeAt(2 * i)] ?? -1
    const low = hexValue[text.charCodeAt(2 * i + 1)] ?? -1
    if (high < 0 || low < 0) return undefined
    bytes[i] = (high << 4) | low
  }
  return bytes
}

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const urlSafe = `${standard.slice(0, 62)}-_`

export function toBase64(bytes: Uint8Array): string {
  const text = encode64(bytes, standard)
  return text + '='.repeat((4 - (text.length % 4)) % 4)
}

/** Base64url without padding, as WebAuthn and JWK write it. */
export function toBase64Url(bytes: Uint8Array): string {
  return encode64(bytes, urlSafe)
}

export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return decode64(text.slice(0, text.length - padding), standardValue)
}

export function fromBase64Url(text: string): Uint8Array | undefined {
  return decode64(text, urlSafeValue)
}

/** By codes, not letters: steps have megabytes, and joining a million strings takes seconds. */
function encode64(bytes: Uint8Array, alphabet: string): string {
  const codes = utf8(alphabet)
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3))
  let at = 0
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text[at++] = codes[word >> 18]!
    text[at++] = codes[(word >> 12) & 63]!
    // What lies beyond the end is not written: a typed array has the length it has.
    text[at++] = codes[(word >> 6) & 63]!
    text[at++] = codes[word & 63]!
  }
  return strictUtf8.decode(text)
}

function valueTable(alphabet: string): Int8Array {
  const table = new Int8Array(128).fill(-1)
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i
  return table
}

const standardValue = valueTable(standard)
const urlSafeValue = valueTable(urlSafe)

/** Bits that no byte takes must be zero, or a value would have four spellings. */
function decode64(text: string, values: Int8Array): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let word = 0
  let bits = 0
  let written = 0
  for (let i = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)] ?? -1
    if (value < 0) return undefined
    word = ((word << 6) | value) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[written++] = (word >> bits) & 0xff
    }
  }
  return (word & ((1 << bits) - 1)) === 0 ? bytes : undefined
}
