import {
  concat,
  equalBytes,
  err,
  ok,
  u64,
  utf8,
  type Result,
  type RunId,
  type Sha256,
} from '@chaperone/encoding'

/**
 * The chain over a recording's sealed chunks (spec/recording.md §2). It is over what is stored, so that it can be
 * checked without the key, and says nothing about what was shown.
 */
const tag = utf8('chaperone/recording/v1\0')

export function firstLink(run: RunId, sha256: Sha256): Uint8Array {
  return sha256(concat(tag, utf8(run)))
}

export function nextLink(link: Uint8Array, index: number, sealed: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(concat(tag, link, u64(BigInt(index)), sealed))
}

export type ChainRefusal = { readonly code: 'recording-broken'; readonly chunk: number }

/** Checks chunks 0, 1, … against the last link that the log has. */
export function verifyChain(
  run: RunId,
  chunks: Iterable<Uint8Array>,
  last: Uint8Array,
  sha256: Sha256,
): Result<number, ChainRefusal> {
  let link = firstLink(run, sha256)
  let count = 0
  for (const sealed of chunks) link = nextLink(link, count++, sealed, sha256)
  return equalBytes(link, last) ? ok(count) : err({ code: 'recording-broken', chunk: count })
}
