import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleExport, sampleOrganisation } from '@chaperone/testkit'

const debianSources = '/usr/share/gocode'
const hasGo =
  spawnSync('go', ['version']).status === 0 && existsSync(`${debianSources}/src/golang.org/x/mod/sumdb/note`)
const why = 'needs Go with golang.org/x/mod: apt-get install golang-go golang-golang-x-mod-dev'

/** Logs that we write, read by Go's sumdb packages. */
describe.skipIf(!hasGo)(`an independent reader (${why})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-go-'))
  const reader = join(folder, 'reader')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const organisation = sampleOrganisation()
  const { logKey, signerKey } = organisation.trustRoot

  beforeAll(() => {
    const source = fileURLToPath(new URL('../test/go/reader.go', import.meta.url))
    const env = {
      ...process.env,
      GO111MODULE: 'off',
      GOPATH: debianSources,
      GOFLAGS: '',
      GOCACHE: join(folder, 'cache'),
    }
    execFileSync('go', ['build', '-o', reader, source], { env })
  })

  function write(name: string, orders: number): string {
    const place = join(folder, name)
    for (const [path, bytes] of sampleExport(organisation, { orders, steps: 20 })) {
      mkdirSync(dirname(join(place, path)), { recursive: true })
      writeFileSync(join(place, path), bytes)
    }
    return place
  }

  const read = (place: string, key = signerKey) =>
    spawnSync(reader, [place, logKey, key], { encoding: 'utf8' })

  test.for([
    [1, 66],
    [5, 326],
    [16, 1041],
  ])('%i orders: signatures, every entry, proofs from tiles', ([orders = 0, size]) => {
    const { status, stdout } = read(write(`whole-${orders}`, orders))
    expect([status, stdout]).toEqual([0, expect.stringContaining(`size ${size}, signatures 2, proofs `)])
  })

  test('refuses what we refuse', () => {
    const place = write('changed', 5)
    const path = join(place, 'tile/entries/000')
    const bundle = readFileSync(path)
    writeFileSync(path, bundle.fill(bundle[40]! ^ 1, 40, 41))
    expect(read(place)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('do not hash to the root'),
    })
    const other = sampleOrganisation().trustRoot.signerKey
    expect(read(write('stranger', 1), other)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('1 of 2'),
    })
  })
})
