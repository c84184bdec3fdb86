import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig, readTrustRoot } from './config.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'chaperone-desk-'))))
afterAll(() => rmSync(folder, { recursive: true }))

const config = {
  listen: { host: '127.0.0.1', port: 8401 },
  origin: 'http://sign.localhost:8401',
  rpId: 'sign.localhost',
  appOrigin: 'http://app.localhost:8400',
  gateway: { url: 'http://127.0.0.1:8400', tokenFile: 'desk.token' },
  trustRootFile: 'root.json',
  folder: 'desk',
  banner: { text: 'UNCLASSIFIED', colour: '#007a33' },
}
const root = {
  format: 'chaperone-root/v1',
  organisation: 'sample',
  origin: 'log.example/sample',
  logKey: 'k',
  signerKey: 'k',
  rosterDigest: 'a'.repeat(64),
}

function written(content: unknown): string {
  const path = join(folder, 'file.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

test('reads what the installation writes', () => {
  const account = { uid: 1, gid: 1, groups: [] }
  expect(readConfig(written({ ...config, account }))).toEqual({ ...config, account })
  expect(readTrustRoot(written(root))).toEqual(root)
})

test.for<[code: string, message: string, content: unknown]>([
  ['config-invalid', 'JSON', '{'],
  ['config-invalid', 'Unrecognized', { ...config, also: 1 }],
  ['config-invalid', 'origin', { ...config, origin: 'http://sign.localhost:8401/' }],
  ['config-invalid', 'banner.colour', { ...config, banner: { text: '', colour: 'red' } }],
  ['config-invalid', 'rpId: is neither', { ...config, rpId: 'sign.example' }],
  ['config-invalid', 'rpId: the application', { ...config, rpId: 'localhost' }],
  ['config-invalid', 'rpId: the application', { ...config, appOrigin: 'http://app.sign.localhost:8400' }],
  ['tls-needed', 'loopback', { ...config, listen: { host: '0.0.0.0', port: 8401 } }],
])('refuses with %s %s', ([code, message, content]) => {
  expect(() => readConfig(written(content))).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  )
})

test.for([
  {},
  { ...root, format: 'chaperone-root/v2' },
  { ...root, rosterDigest: 'x' },
  { ...root, also: 1 },
])('refuses %o as a trust root', (content) => {
  expect(() => readTrustRoot(written(content))).toThrow(expect.objectContaining({ code: 'config-invalid' }))
})
