import { z } from 'zod'
import { err, ok, type Result, type Sha256 } from '@chaperone/encoding'
import type { Cedar } from './cedar.ts'
import { countryTableShape, type CountryTable } from './country-table.ts'
import { manifestShape, tableNames, type Manifest } from './manifest.ts'
import { policyDigest, type PolicyFiles } from './policy-files.ts'
import type { Policies, Policy, PolicySet, Requirement } from './policy-set.ts'
import { readCedarFile, type CedarFileRefusal, type CedarPolicy } from './read-cedar-file.ts'

export type PoliciesRefusal =
  | CedarFileRefusal
  | { readonly code: 'policy-file-missing'; readonly file: string }
  | { readonly code: 'policy-file-malformed'; readonly file: string; readonly message: string }
  | { readonly code: 'policy-duplicate'; readonly id: string; readonly regime: string }
  | { readonly code: 'policy-requirement-unknown'; readonly id: string; readonly requirement: string }
  | { readonly code: 'policies-invalid'; readonly regime: string; readonly messages: readonly string[] }

const schemaFile = 'schema.cedarschema'
const countriesFile = 'tables/countries.json'
const requirementsFile = 'requirements.json'
const requirementsShape = z.record(
  z.string(),
  z.strictObject({ text: z.string().min(1), source: z.string().min(1), verified: z.boolean() }),
)

interface Opening {
  readonly files: PolicyFiles
  readonly cedar: Cedar
  readonly sha256: Sha256
  readonly requirements: ReadonlyMap<string, Requirement>
  readonly countries: CountryTable
  /** Files that several regimes use are read once. */
  readonly read: Map<string, ReturnType<typeof readCedarFile>>
}

/** Reads and validates a policy folder, all of it: one bad file and none of it counts. */
export function openPolicies(
  files: PolicyFiles,
  cedar: Cedar,
  sha256: Sha256,
): Result<Policies, PoliciesRefusal> {
  const requirements = readJson(files, requirementsFile, requirementsShape)
  if (!requirements.ok) return requirements
  const countries = readJson(files, countriesFile, countryTableShape)
  if (!countries.ok) return countries
  const opening: Opening = {
    files,
    cedar,
    sha256,
    requirements: new Map(Object.entries(requirements.value)),
    countries: countries.value,
    read: new Map(),
  }
  const regimes = new Map<string, PolicySet>()
  for (const path of [...files.keys()].filter((path) => /^[^/]+\/regime\.json$/.test(path)).sort()) {
    const opened = openRegime(path, opening)
    if (!opened.ok) return opened
    regimes.set(opened.value.regime, opened.value)
  }
  return ok({ digest: policyDigest(files, sha256), regimes, requirements: opening.requirements })
}

function openRegime(path: string, opening: Opening): Result<PolicySet, PoliciesRefusal> {
  const { files, sha256 } = opening
  const manifest = readManifest(files, path)
  if (!manifest.ok) return manifest
  const { regime, version, title } = manifest.value
  const cedarFiles = cedarFilesOf(files, manifest.value)
  const policies = readPolicies(cedarFiles, regime, opening)
  if (!policies.ok) return policies
  const tables = readTables(files, manifest.value)
  if (!tables.ok) return tables
  const parts = [
    path,
    schemaFile,
    countriesFile,
    requirementsFile,
    ...cedarFiles,
    ...tablePaths(manifest.value),
  ]
  const digest = policyDigest(new Map(parts.map((part) => [part, files.get(part) ?? ''])), sha256)
  const preparsed = preparse(policies.value, regime, digest, opening)
  if (!preparsed.ok) return preparsed
  return ok({
    regime,
    version,
    title,
    digest,
    policies: new Map(
      policies.value.map(({ id, effect, requirement, reason }) => [
        id,
        { id, effect, requirement, reason } satisfies Policy,
      ]),
    ),
    tables: tables.value,
    countries: new Set(opening.countries.countries),
    preparsed: preparsed.value,
  })
}

function readManifest(files: PolicyFiles, path: string): Result<Manifest, PoliciesRefusal> {
  const manifest = readJson(files, path, manifestShape)
  if (!manifest.ok || path === `${manifest.value.regime}/regime.json`) return manifest
  return err({
    code: 'policy-file-malformed',
    file: path,
    message: 'the folder has the name of another regime',
  })
}

function cedarFilesOf(files: PolicyFiles, { regime, uses }: Manifest): readonly string[] {
  const own = [...files.keys()].filter((path) => path.startsWith(`${regime}/`) && path.endsWith('.cedar'))
  return [...uses, ...own.sort()]
}

function readPolicies(
  paths: readonly string[],
  regime: string,
  opening: Opening,
): Result<readonly CedarPolicy[], PoliciesRefusal> {
  const policies = new Map<string, CedarPolicy>()
  for (const path of paths) {
    const read = readOnce(path, opening)
    if (!read.ok) return read
    for (const policy of read.value) {
      const { id, requirement } = policy
      if (policies.has(id)) return err({ code: 'policy-duplicate', id, regime })
      if (!opening.requirements.has(requirement))
        return err({ code: 'policy-requirement-unknown', id, requirement })
      policies.set(id, policy)
    }
  }
  return ok([...policies.values()])
}

function readOnce(
  path: string,
  { files, cedar, read }: Opening,
): Result<readonly CedarPolicy[], PoliciesRefusal> {
  const before = read.get(path)
  if (before !== undefined) return before
  const text = files.get(path)
  if (text === undefined) return err({ code: 'policy-file-missing', file: path })
  const policies = readCedarFile(path, text, cedar)
  read.set(path, policies)
  return policies
}

function tablePaths({ tables }: Manifest): readonly string[] {
  return tableNames.flatMap((name) => tables[name] ?? [])
}

function readTables(files: PolicyFiles, { tables }: Manifest): Result<PolicySet['tables'], PoliciesRefusal> {
  const read: { [name: string]: CountryTable } = {}
  for (const name of tableNames) {
    const path = tables[name]
    if (path === undefined) continue
    const table = readJson(files, path, countryTableShape)
    if (!table.ok) return table
    read[name] = table.value
  }
  return ok(read)
}

/** Validates strictly, then leaves the set with the engine under names that the contents give. */
function preparse(
  policies: readonly CedarPolicy[],
  regime: string,
  digest: string,
  { files, cedar, sha256 }: Opening,
): Result<PolicySet['preparsed'], PoliciesRefusal> {
  const schema = files.get(schemaFile)
  if (schema === undefined) return err({ code: 'policy-file-missing', file: schemaFile })
  const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]))
  const messages = validationMessages(cedar.validate({ schema, policies: { staticPolicies } }))
  const names = {
    schema: `schema:${policyDigest(new Map([[schemaFile, schema]]), sha256)}`,
    policies: `policies:${digest}`,
  }
  if (messages.length === 0) {
    const parsed = [
      cedar.preparseSchema(names.schema, schema),
      cedar.preparsePolicySet(names.policies, { staticPolicies }),
    ]
    messages.push(
      ...parsed.flatMap((one) => (one.type === 'failure' ? one.errors : [])).map(({ message }) => message),
    )
  }
  return messages.length === 0 ? ok(names) : err({ code: 'policies-invalid', regime, messages })
}

/** Warnings count too: a policy that can never apply is a rule that somebody believes in. */
function validationMessages(answer: ReturnType<Cedar['validate']>): string[] {
  if (answer.type === 'failure') return answer.errors.map(({ message }) => message)
  const found = [...answer.validationErrors, ...answer.validationWarnings]
  return found.map(({ policyId, error }) => `${policyId}: ${error.message}`)
}

function readJson<T>(files: PolicyFiles, file: string, shape: z.ZodType<T>): Result<T, PoliciesRefusal> {
  const text = files.get(file)
  if (text === undefined) return err({ code: 'policy-file-missing', file })
  try {
    const parsed = shape.safeParse(JSON.parse(text))
    if (parsed.success) return ok(parsed.data)
    return err({ code: 'policy-file-malformed', file, message: z.prettifyError(parsed.error) })
  } catch {
    return err({ code: 'policy-file-malformed', file, message: 'not JSON' })
  }
}
