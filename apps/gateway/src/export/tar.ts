import { concat, invariant, utf8 } from '@chaperone/encoding'

/** A plain ustar archive, written as it goes: POSIX.1-1988 headers, no compression, every file 0644. */

const block = 512

/** The header of a file; its content and `tarPadding` must follow. */
export function tarHeader(path: string, size: number, seconds: number): Uint8Array {
  const [prefix, name] = splitPath(path)
  const header = new Uint8Array(block)
  const put = (offset: number, text: string) => header.set(utf8(text), offset)
  put(0, name)
  put(100, octal(0o644, 8))
  put(108, octal(0, 8))
  put(116, octal(0, 8))
  put(124, octal(size, 12))
  put(136, octal(seconds, 12))
  put(148, ' '.repeat(8))
  put(156, '0')
  put(257, 'ustar\x0000')
  put(345, prefix)
  const sum = header.reduce((total, byte) => total + byte, 0)
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  return header
}

/** What brings a file's content to a whole number of blocks. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((block - (size % block)) % block)
}

/** Two empty blocks. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * block)
}

/** A whole file. */
export function tarFile(path: string, bytes: Uint8Array, seconds: number): Uint8Array {
  return concat(tarHeader(path, bytes.length, seconds), bytes, tarPadding(bytes.length))
}

/** Names beyond 100 bytes are split at a slash into prefix and name. */
function splitPath(path: string): readonly [prefix: string, name: string] {
  if (path.length <= 100) return ['', path]
  const at = path.indexOf('/', path.length - 101)
  invariant(at > 0 && at <= 155, 'paths of an export fit into a ustar header')
  return [path.slice(0, at), path.slice(at + 1)]
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`
}
