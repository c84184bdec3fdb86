import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { sampleExport, sampleOrganisation } from '@chaperone/testkit'
import { exportSource } from './export-source.ts'
import { tarSource } from './tar-source.ts'
import { verifyExport } from './verify-export.ts'

const folder = mkdtempSync(join(tmpdir(), 'chaperone-export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const organisation = sampleOrganisation()
const files = sampleExport(organisation, { orders: 2, opened: true })
for (const [path, bytes] of files) {
  mkdirSync(dirname(join(folder, 'export', path)), { recursive: true })
  writeFileSync(join(folder, 'export', path), bytes)
}

/** An archive by the system's tar. */
function archive(...args: readonly string[]): Uint8Array {
  execFileSync('tar', ['-C', join(folder, 'export'), '-cf', join(folder, 'a.tar'), ...args])
  return readFileSync(join(folder, 'a.tar'))
}

function open(tar: Uint8Array) {
  return tarSource(tar.length, (offset, length) => tar.subarray(offset, offset + length))
}

describe('lines', () => {
  test('are the same however the file comes in pieces', () => {
    const lines = fc.array(
      fc.string({ unit: 'binary' }).filter((line) => !line.includes('\n') && line !== ''),
    )
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 9 }), (wanted, size) => {
        const bytes = utf8(wanted.map((line) => `${line}\n`).join(''))
        const source = exportSource((_, offset, length) =>
          bytes.subarray(offset, offset + Math.min(length, size)),
        )
        expect([...source.lines('x')]).toEqual(wanted)
      }),
    )
  })

  test('that are no text are handed on as nothing that parses', () => {
    const bytes = Buffer.from([0x61, 0x0a, 0xff, 0x0a, 0x62])
    const source = exportSource((_, offset, length) => bytes.subarray(offset, offset + length))
    expect([...source.lines('x')]).toEqual(['a', '\0', 'b'])
  })
})

describe('tar', () => {
  test('an export by the system’s tar verifies as the folder does', () => {
    const source = open(archive('--format=ustar', '.'))
    expect(source.ok && verifyExport(source.value, organisation.trustRoot, nodeCrypto)).toMatchObject({
      verdict: 'proven',
    })
    expect(source.ok && source.value.read('no/such/file')).toBeUndefined()
  })

  test('long paths are read from prefix and name', () => {
    const path = `recordings/${'a'.repeat(60)}/${'b'.repeat(60)}/0.chunk`
    mkdirSync(dirname(join(folder, 'export', path)), { recursive: true })
    writeFileSync(join(folder, 'export', path), 'x')
    const source = open(archive('--format=ustar', path))
    expect(source.ok && source.value.read(path)).toEqual(Buffer.from('x'))
  })

  const plain = archive('--format=ustar', 'checkpoint', 'export.json')
  const changed = (change: (tar: Uint8Array) => Uint8Array) => change(Uint8Array.from(plain))
  const resummed = (tar: Uint8Array) => {
    tar.fill(0x20, 148, 156)
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    tar.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
    return tar
  }
  const named = (name: string) =>
    changed((tar) => {
      tar.fill(0, 0, 100)
      tar.set(utf8(name))
      return resummed(tar)
    })

  test.for<[why: string, tar: Uint8Array]>([
    ['short', plain.subarray(0, 700)],
    ['short', new Uint8Array(0)],
    ['short', plain.subarray(0, 512 * 2)],
    ['checksum', changed((tar) => tar.fill(0x41, 3, 4))],
    ['name', named('../escapes')],
    ['name', named('/absolute')],
    ['name', named('a//b')],
    ['twice', named('export.json')],
    ['size', changed((tar) => resummed(tar.fill(0x39, 124, 125)))],
    ['type', changed((tar) => resummed(tar.fill(0x32, 156, 157)))],
    ['name', archive('--format=pax', '--pax-option=comment=x', 'checkpoint')],
  ])('refuses %s', ([why, tar]) => {
    expect(open(tar)).toMatchObject({ ok: false, error: { code: 'tar-malformed', why } })
  })
})
