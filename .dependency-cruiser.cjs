/* Who may import whom, as data: the key is a folder, the value the packages of ours that it may import. An arrow that
   is not in this table fails the check. npm hoists workspaces, so an undeclared import would compile. */
const pure = ['encoding', 'shell', 'tlog', 'recording', 'policy', 'analysis', 'domain', 'runner']
const everything = [
  ...pure,
  'contract',
  'usecases',
  'adapters',
  'testkit',
  'node-crypto',
  'verify',
  'signing',
  'installation',
]

const mayImport = {
  'packages/encoding': [],
  'packages/shell': [],
  'packages/tlog': ['encoding'],
  'packages/recording': ['encoding'],
  'packages/policy': ['encoding'],
  'packages/runner': ['encoding'],
  'packages/analysis': ['shell', 'encoding'],
  'packages/domain': ['encoding'],
  'packages/node-crypto': ['encoding'],
  'packages/contract': ['domain', 'encoding'],
  'packages/verify': ['encoding', 'tlog', 'recording', 'domain'],
  'packages/signing': ['encoding', 'domain', 'contract', 'recording'],
  'packages/usecases': pure,
  'packages/adapters': ['usecases', ...pure],
  'packages/installation': ['encoding', 'node-crypto', 'domain', 'contract', 'tlog', 'verify', 'adapters'],
  'packages/testkit': everything,
  'apps/gateway': everything.filter((name) => name !== 'testkit'),
  'apps/signer': ['encoding', 'domain', 'tlog', 'runner', 'node-crypto'],
  'apps/desk': ['encoding', 'contract', 'domain', 'node-crypto', 'recording', 'signing'],
  'apps/web': ['contract', ...pure],
  'apps/cli': ['contract', ...pure, 'verify', 'signing', 'node-crypto', 'installation'],
}

// Tests may use the testkit and real cryptography; what they test is held to the table all the same.
const inTests = ['testkit', 'node-crypto']
const isTest = '(\\.test\\.tsx?$|^apps/[^/]+/test/)'

const folders = (names) => names.map((name) => `^packages/${name}/`)

function arrowsOf([from, names]) {
  const rule = (name, fromRule, permitted) => ({
    name,
    severity: 'error',
    comment: `${from} may import of ours only: ${permitted.join(', ') || 'nothing'}`,
    from: fromRule,
    to: { path: '^packages/', pathNot: [`^${from}/`, ...folders(permitted)] },
  })
  return [
    rule(`arrows of ${from}`, { path: `^${from}/`, pathNot: isTest }, names),
    rule(`arrows of tests in ${from}`, { path: [`^${from}/.*\\.test\\.tsx?$`, `^${from}/test/`] }, [
      ...names,
      ...inTests,
    ]),
  ]
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(mayImport).flatMap(arrowsOf),
    {
      name: 'no unlisted package',
      severity: 'error',
      comment: 'a package or app that is not in the table may import nothing of ours',
      from: { path: '^(packages|apps)/[^/]+/', pathNot: Object.keys(mayImport).map((from) => `^${from}/`) },
      to: { path: '^(packages|apps)/' },
    },
    {
      name: 'nothing imports an app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'an app imports no other app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'only through index.ts',
      severity: 'error',
      comment: 'a package is what its index exports',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^packages/', pathNot: ['^packages/[^/]+/src/index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'only through index.ts, from outside',
      severity: 'error',
      from: { path: '^(demo|e2e|bench)/' },
      to: { path: '^packages/', pathNot: '^packages/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'pure packages reach nothing outside',
      severity: 'error',
      comment: 'no input, no output: an offline verifier must give the same answer',
      from: { path: `^packages/(${[...pure, 'verify'].join('|')})/src/`, pathNot: isTest },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'testkit is for tests',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: [isTest, '^packages/testkit/'] },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'no cycles',
      severity: 'error',
      comment: 'at run time; types may refer to each other',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: { path: '.' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)dist/', '^apps/[^/]+/test-results'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    combinedDependencies: true,
  },
}
