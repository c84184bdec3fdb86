import { canonicalBytes, toHex, utf8, type Digest, type Sha256 } from '@chaperone/encoding'

/** The texts of a policy folder by their path in it, with `/` between names. */
export type PolicyFiles = ReadonlyMap<string, string>

/** What decides; cases and pages about it do not. */
export function isPolicyFile(path: string): boolean {
  return /\.(cedar|cedarschema|json)$/.test(path) && !path.startsWith('cases/')
}

/** The digest that two officers adopt: canonical JSON of every deciding file's path and SHA-256, sorted by path. */
export function policyDigest(files: PolicyFiles, sha256: Sha256): Digest {
  const hashed = [...files]
    .filter(([path]) => isPolicyFile(path))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({ path, sha256: toHex(sha256(utf8(text))) }))
  return toHex(sha256(canonicalBytes({ format: 'chaperone-policies/v1', files: hashed })))
}
