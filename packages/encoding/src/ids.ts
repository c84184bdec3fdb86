/**
 * The spellings of names that appear in signed text (spec/statement.md §2). They are narrow on purpose:
 * a value that fits cannot smuggle a space, a line or a look-alike letter into what a person signs.
 */

const patterns = {
  person: /^p-[a-z0-9]{8,32}$/,
  order: /^wo-[a-z0-9]{8,32}$/,
  target: /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/,
  account: /^[a-z_][a-z0-9_-]{0,31}$/,
  digest: /^[0-9a-f]{64}$/,
  keyId: /^SHA256:[A-Za-z0-9+/]{43}$/,
  run: /^[0-9a-f]{32}$/,
} as const

export type IdKind = keyof typeof patterns

export function isId(kind: IdKind, text: string): boolean {
  return patterns[kind].test(text)
}

/** `p-…`: an opaque person; names are kept elsewhere, where they can be erased. */
export type PersonId = string
/** `wo-…`. */
export type OrderId = string
/** A target's name in the roster. */
export type TargetId = string
/** 64 lower-case hex digits of a SHA-256. */
export type Digest = string
/** `SHA256:` and unpadded base64 of the SHA-256 of an SSH public key blob, as `ssh-keygen -l` prints it. */
export type KeyId = string
/** 32 lower-case hex digits: one attempt at one step, derived from what was signed (spec/step.md §4). */
export type RunId = string
