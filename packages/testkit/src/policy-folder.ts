import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeCrypto } from '@chaperone/node-crypto'
import { loadCedar, openPolicies, type Cedar, type Policies, type PolicyFiles } from '@chaperone/policy'

const shipped = fileURLToPath(new URL('../../../policies', import.meta.url))

/** The policies that the repository ships, as texts by path. */
export function policyFolder(): PolicyFiles {
  const files = new Map<string, string>()
  for (const entry of readdirSync(shipped, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(relative(shipped, path).split(sep).join('/'), readFileSync(path, 'utf8'))
  }
  return files
}

export interface TestPolicies {
  readonly cedar: Cedar
  readonly policies: Policies
}

/** Opens policies with the real engine: those of the repository, or these. Throws for what is refused. */
export async function testPolicies(files: PolicyFiles = policyFolder()): Promise<TestPolicies> {
  const cedar = await loadCedar()
  const opened = openPolicies(files, cedar, nodeCrypto.sha256)
  if (!opened.ok) throw new Error(JSON.stringify(opened.error))
  return { cedar, policies: opened.value }
}
