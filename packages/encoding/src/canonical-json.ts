import { err, ok, type Result } from './result.ts'
import { fromUtf8, utf8 } from './bytes.ts'

/**
 * The JSON that may be hashed (spec/event.md §1): RFC 8785 without floating point. Objects, arrays,
 * strings, booleans, null and integers of at most 2^53-1; keys sorted by UTF-16 code unit; no white space.
 */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** The one spelling of a value. Members that are `undefined` are left out. Throws for what cannot be spelt. */
export function canonicalJson(value: Json): string {
  switch (typeof value) {
    case 'string':
      // A lone surrogate has no UTF-8 form: two different values would hash the same.
      if (!value.isWellFormed()) throw new TypeError('a string with a lone surrogate cannot be encoded')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0))
        throw new TypeError(`\`${value}\` is not a safe integer`)
      return String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    default:
      if (value === null) return 'null'
      if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`
      return canonicalObject(value as { readonly [key: string]: Json | undefined })
  }
}

function canonicalObject(value: { readonly [key: string]: Json | undefined }): string {
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member !== undefined) members.push(`${canonicalJson(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}

export function canonicalBytes(value: Json): Uint8Array {
  return utf8(canonicalJson(value))
}

export type CanonicalJsonRefusal =
  { readonly code: 'json-malformed' } | { readonly code: 'json-not-canonical' }

/** Reads canonical JSON and refuses any other spelling, so that equal values have equal hashes. */
export function parseCanonicalJson(bytes: Uint8Array): Result<Json, CanonicalJsonRefusal> {
  const text = fromUtf8(bytes)
  if (text === undefined) return err({ code: 'json-malformed' })
  let value: Json
  try {
    value = JSON.parse(text) as Json
    if (canonicalJson(value) !== text) return err({ code: 'json-not-canonical' })
  } catch {
    return err({ code: 'json-malformed' })
  }
  return ok(value)
}
