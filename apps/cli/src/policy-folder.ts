import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeCrypto } from '@chaperone/node-crypto'
import { loadCedar, openPolicies, type Cedar, type Policies, type PolicyFiles } from '@chaperone/policy'
import { Refused, UsageError } from './refused.ts'

/** The policies that came with this program. */
export const shippedPolicies = fileURLToPath(new URL('../../../policies', import.meta.url))

export interface OpenedPolicies {
  readonly cedar: Cedar
  readonly policies: Policies
  readonly files: PolicyFiles
}

/** Reads and validates a policy folder. */
export async function openPolicyFolder(folder: string): Promise<OpenedPolicies> {
  const files = readFolder(folder)
  const cedar = await loadCedar()
  const opened = openPolicies(files, cedar, nodeCrypto.sha256)
  if (!opened.ok)
    throw new Refused(opened.error, `the policies in \`${folder}\` do not count`, adviceOn(opened.error))
  return { cedar, policies: opened.value, files }
}

function readFolder(folder: string): PolicyFiles {
  const files = new Map<string, string>()
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      files.set(relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8'))
    }
  } catch (cause) {
    throw new UsageError(`cannot read the policies in \`${folder}\`: ${(cause as Error).message}`)
  }
  return files
}

/** What was found wrong: the facts of the refusal in one line. */
function adviceOn(refusal: Readonly<Record<string, unknown>>): string {
  const facts = Object.entries(refusal).filter(([name]) => name !== 'code')
  return facts
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join('; ') : String(value)}`)
    .join(', ')
}
