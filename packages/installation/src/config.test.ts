import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { checkConfig, installationShape, readInstallation } from './config.ts'
import { cloneFolder } from './places.ts'
import { temporaryFolder } from '../test/first-installation.ts'

const minimal = { organisation: 'sample' }

test('everything but the organisation has a default', () => {
  expect(checkConfig(minimal, 'chaperone.json')).toMatchObject({
    app: { listen: { host: '127.0.0.1', port: 8400 }, origin: 'http://app.localhost:8400' },
    desk: { listen: { host: '127.0.0.1', port: 8401 }, origin: 'http://sign.localhost:8401' },
  })
})

test.for<[member: string, config: object]>([
  ['organisation', {}],
  ['organisation', { organisation: 'Not A Word' }],
  ['banner.colour', { ...minimal, banner: { text: 'SECRET', colour: 'red' } }],
  ['app.listen.port', { ...minimal, app: { listen: { port: 0 } } }],
  ['app.origin', { ...minimal, app: { origin: 'app.example' } }],
  ['app.tls.certificate', { ...minimal, app: { tls: { key: 'k.pem' } } }],
  ['database.url', { ...minimal, database: {} }],
  ['caKey', { ...minimal, caKey: { agent: '/run/a.sock' } }],
  ['colour', { ...minimal, colour: 'blue' }],
  ['app.tls', { ...minimal, app: { listen: { host: '0.0.0.0' } } }],
  ['desk.tls', { ...minimal, desk: { listen: { host: '192.0.2.7' } } }],
  ['desk.rpId', { ...minimal, desk: { rpId: 'localhost' } }],
  ['desk.rpId', { ...minimal, desk: { rpId: 'elsewhere.example' } }],
  ['desk.origin', { ...minimal, desk: { origin: 'http://app.localhost:8401' } }],
  ['desk.origin', { ...minimal, desk: { origin: 'http://sign.app.localhost:8401' } }],
  [
    'desk.origin',
    { ...minimal, app: { origin: 'http://a.b.example' }, desk: { origin: 'http://b.example' } },
  ],
])('refuses and names %s', ([member, config]) => {
  expect(() => checkConfig(config, 'chaperone.json')).toThrow(
    expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining(member) }),
  )
})

test('what is missing and what is not JSON are told apart', () => {
  using folder = temporaryFolder()
  expect(() => readInstallation(folder.path)).toThrow(expect.objectContaining({ code: 'config-missing' }))
  writeFileSync(join(folder.path, 'chaperone.json'), '{')
  expect(() => readInstallation(folder.path)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
})

test('docs/configuration.md lists every member, its default, and nothing else', () => {
  const text = readFileSync(join(cloneFolder, 'docs', 'configuration.md'), 'utf8').split('\n## ')[0] ?? ''
  const rows = [...text.matchAll(/^\| `([^`]+)` \| (.*?) \| (.*?) \|$/gm)]
  const documented = rows.map(([, member, fallback, description]) => [member, fallback, description])
  expect(documented).toEqual(membersOf(z.toJSONSchema(installationShape, { io: 'input' }) as Schema))
})

interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly description?: string
}

/** Rows of the table, in the schema's order: a member with members of its own is listed before them. */
function membersOf(schema: Schema, prefix = ''): readonly (readonly [string, string, string])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${prefix}${name}`
    const needed = schema.required?.includes(name) === true ? 'required' : ''
    const plain = member.default !== undefined && typeof member.default !== 'object'
    const fallback = plain ? `\`${String(member.default)}\`` : needed
    return [[path, fallback, member.description ?? ''] as const, ...membersOf(member, `${path}.`)]
  })
}
