import { err, fromAscii, ok, type Result } from '@chaperone/encoding'
import { exportSource, type ExportSource } from './export-source.ts'

export type TarRefusal = {
  readonly code: 'tar-malformed'
  readonly offset: number
  readonly why: 'short' | 'checksum' | 'name' | 'size' | 'type' | 'twice'
}

interface Member {
  readonly offset: number
  readonly length: number
}

const block = 512
const mostMembers = 2_000_000

/**
 * An export in a plain POSIX ustar archive (spec/export.md §5). Only regular files and folders, each name once and none
 * that leaves the archive: two readers of one archive must not see two exports.
 */
export function tarSource(
  size: number,
  readAt: (offset: number, length: number) => Uint8Array,
): Result<ExportSource, TarRefusal> {
  const members = indexTar(size, readAt)
  if (!members.ok) return members
  return ok(
    exportSource((path, offset, length) => {
      const member = members.value.get(path)
      if (member === undefined) return undefined
      return readAt(member.offset + offset, Math.max(0, Math.min(length, member.length - offset)))
    }),
  )
}

function indexTar(
  size: number,
  readAt: (offset: number, length: number) => Uint8Array,
): Result<ReadonlyMap<string, Member>, TarRefusal> {
  const members = new Map<string, Member>()
  for (let offset = 0; offset + block <= size;) {
    const header = readAt(offset, block)
    const refuse = (why: TarRefusal['why']) => err({ code: 'tar-malformed', offset, why } as const)
    if (header.length < block) return refuse('short')
    if (header.every((byte) => byte === 0)) return ok(members)
    if (!isSummed(header)) return refuse('checksum')
    const type = header[156]
    const isFile = type === 0x30 || type === 0
    const name = nameOf(header)
    const length = octal(header.subarray(124, 136))
    if (name === undefined || (isFile && name === '')) return refuse('name')
    if (length === undefined) return refuse('size')
    if (!isFile && !(type === 0x35 && length === 0)) return refuse('type')
    const next = offset + block + block * Math.ceil(length / block)
    if (next > size) return refuse('short')
    if (members.has(name) || members.size === mostMembers) return refuse('twice')
    if (isFile) members.set(name, { offset: offset + block, length })
    offset = next
  }
  return err({ code: 'tar-malformed', offset: size, why: 'short' })
}

/** The sum of a header's bytes, its own eight counted as spaces. */
function isSummed(header: Uint8Array): boolean {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0)
  return octal(header.subarray(148, 156)) === sum
}

function octal(field: Uint8Array): number | undefined {
  const text = textOf(field)?.trim()
  return text !== undefined && /^[0-7]{1,11}$/.test(text) ? Number.parseInt(text, 8) : undefined
}

/** Up to the first NUL. */
function textOf(field: Uint8Array): string | undefined {
  const end = field.indexOf(0)
  return fromAscii(end < 0 ? field : field.subarray(0, end))
}

function nameOf(header: Uint8Array): string | undefined {
  const isUstar = textOf(header.subarray(257, 263)) === 'ustar'
  const prefix = isUstar ? textOf(header.subarray(345, 500)) : ''
  const name = textOf(header.subarray(0, 100))
  if (name === undefined || prefix === undefined) return undefined
  const path = (prefix === '' ? name : `${prefix}/${name}`).replace(/^\.\//, '').replace(/\/$/, '')
  const escapes = path !== '' && path.split('/').some((part) => ['', '.', '..'].includes(part))
  return escapes || path.includes('\n') ? undefined : path
}
