import { expect, test } from 'vitest'
import { nodeCrypto } from '@chaperone/node-crypto'
import { policyFolder, testPolicies } from '@chaperone/testkit'
import { openPolicies } from './open-policies.ts'

const files = policyFolder()
const { cedar } = await testPolicies(files)
const manifest = files.get('open/regime.json') ?? ''
const rule = (body: string, id = 'extra') =>
  `@id("${id}")\n@requirement("E-2")\n@reason("Because.")\n${body}\n`
const manifestWith = (changed: object) => JSON.stringify({ ...(JSON.parse(manifest) as object), ...changed })

test.for<[why: string, path: string, text: string | undefined, refusal: object]>([
  ['no schema', 'schema.cedarschema', undefined, { code: 'policy-file-missing', file: 'schema.cedarschema' }],
  ['no requirements', 'requirements.json', undefined, { code: 'policy-file-missing' }],
  ['no countries', 'tables/countries.json', undefined, { code: 'policy-file-missing' }],
  ['no table', 'tables/covered-nations.json', undefined, { code: 'policy-file-missing' }],
  ['no shared file', 'shared/agreements.cedar', undefined, { code: 'policy-file-missing' }],
  ['a table that is not JSON', 'tables/eu-members.json', '{', { code: 'policy-file-malformed' }],
  [
    'a table without dates',
    'tables/eu-members.json',
    '{"table":"eu","countries":["FR"]}',
    { code: 'policy-file-malformed' },
  ],
  [
    'a table that nobody reads',
    'open/regime.json',
    manifestWith({ tables: { adversaries: 'tables/x.json' } }),
    { code: 'policy-file-malformed' },
  ],
  [
    'a folder of another name',
    'open/regime.json',
    manifestWith({ regime: 'closed' }),
    { code: 'policy-file-malformed' },
  ],
  [
    'a path out of the folder',
    'open/regime.json',
    manifestWith({ uses: ['../open/permit.cedar'] }),
    { code: 'policy-file-malformed' },
  ],
  [
    'Cedar that does not parse',
    'open/extra.cedar',
    'permit (',
    { code: 'policy-unreadable', file: 'open/extra.cedar' },
  ],
  [
    'a template',
    'open/extra.cedar',
    rule('permit (principal == ?principal, action, resource);'),
    { code: 'policy-unreadable' },
  ],
  [
    'a rule without an id',
    'open/extra.cedar',
    'permit (principal, action, resource);',
    { code: 'policy-unannotated', lacks: '@id' },
  ],
  [
    'a rule without a requirement',
    'open/extra.cedar',
    '@id("x")\npermit (principal, action, resource);',
    { code: 'policy-unannotated', lacks: '@requirement' },
  ],
  [
    'a rule without a reason',
    'open/extra.cedar',
    '@id("x")\n@requirement("E-2")\npermit (principal, action, resource);',
    { code: 'policy-unannotated', lacks: '@reason' },
  ],
  [
    'an id twice',
    'open/extra.cedar',
    rule('permit (principal, action, resource);', 'open-submit'),
    { code: 'policy-duplicate', id: 'open-submit' },
  ],
  [
    'a requirement that is not listed',
    'open/extra.cedar',
    rule('permit (principal, action, resource);').replace('E-2', 'E-99'),
    { code: 'policy-requirement-unknown', requirement: 'E-99' },
  ],
  [
    'a misspelt attribute',
    'open/extra.cedar',
    rule('forbid (principal, action, resource) when { principal.clearence == Clearance::"none" };'),
    { code: 'policies-invalid', regime: 'open' },
  ],
  [
    'a misspelt value',
    'open/extra.cedar',
    rule('forbid (principal, action, resource) unless { principal.roles.contains(Role::"technican") };'),
    { code: 'policies-invalid' },
  ],
  [
    'an optional fact read unguarded',
    'open/extra.cedar',
    rule('forbid (principal, action, resource) when { principal.investigation < 2 };'),
    { code: 'policies-invalid' },
  ],
  [
    'a misspelt action',
    'open/extra.cedar',
    rule('permit (principal, action == Action::"escrot", resource);'),
    { code: 'policies-invalid' },
  ],
  [
    'a rule that never applies',
    'open/extra.cedar',
    rule('forbid (principal, action, resource) when { false };'),
    { code: 'policies-invalid' },
  ],
  ['a schema that does not parse', 'schema.cedarschema', 'entity Person = {', { code: 'policies-invalid' }],
])('refuses %s', ([, path, text, refusal]) => {
  const changed = new Map(files)
  if (text === undefined) changed.delete(path)
  else changed.set(path, text)
  expect(openPolicies(changed, cedar, nodeCrypto.sha256)).toMatchObject({ ok: false, error: refusal })
})

test('says where a misspelling is', () => {
  const changed = new Map(files).set(
    'open/extra.cedar',
    rule('forbid (principal, action, resource) when { principal.clearence == Clearance::"none" };'),
  )
  const opened = openPolicies(changed, cedar, nodeCrypto.sha256)
  expect(opened.ok ? '' : JSON.stringify(opened.error)).toMatch(/extra: .*clearence/)
})
