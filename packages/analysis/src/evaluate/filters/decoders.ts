import { caps } from '../machine.ts'
import { bytesToText, textToBytes } from './byte-text.ts'
import { gunzip } from './inflate.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** As `base64 -d` reads it: blanks do not matter, the end may be missing. */
export function decodeBase64(text: string): string | undefined {
  const clean = text.replace(/\s+/g, '').replace(/=+$/, '')
  const bytes: number[] = []
  let held = 0
  let count = 0
  for (const char of clean) {
    const value = alphabet.indexOf(char)
    if (value < 0) return undefined
    held = ((held << 6) | value) & 0xffffff
    count += 6
    if (count < 8) continue
    count -= 8
    bytes.push((held >> count) & 255)
  }
  return bytesToText(Uint8Array.from(bytes))
}

export function encodeBase64(text: string): string {
  const bytes = textToBytes(text)
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const chars = [18, 12, 6, 0].map((shift) => alphabet[(group >> shift) & 63] as string)
    out += chars
      .slice(0, Math.min(4, bytes.length - i + 1))
      .join('')
      .padEnd(4, '=')
  }
  return `${out}\n`
}

/** As `xxd -r` reads it: plain digits, or lines with offsets and a column of characters. */
export function decodeHex(text: string): string | undefined {
  const lines = text
    .split('\n')
    .map((line) =>
      /^[0-9a-f]{4,}:/i.test(line) ? (line.replace(/^[0-9a-f]+:/i, '').split(/ {2}/)[0] ?? '') : line,
    )
  const digits = lines.join('').replace(/\s+/g, '')
  if (!/^([0-9a-f]{2})*$/i.test(digits)) return undefined
  return bytesToText(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))
}

export const encodeHex = (text: string): string =>
  `${Array.from(textToBytes(text), (byte) => byte.toString(16).padStart(2, '0')).join('')}\n`

export function gunzipText(text: string): string | undefined {
  const bytes = gunzip(textToBytes(text), caps.decoded)
  return bytes && bytesToText(bytes)
}
