import { equalBytes, type Sha256 } from '@chaperone/encoding'
import { nodeHash } from './merkle.ts'

/** Root of the complete subtree at (level, index). */
export type NodeAt = (level: number, index: number) => Uint8Array

/** Largest power of two below n. */
function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

/** Root of entries `from` to `to`, which must be a range that a proof speaks of. */
export function rangeRoot(from: number, to: number, at: NodeAt, sha256: Sha256): Uint8Array {
  const size = to - from
  if (size === 0) return sha256(new Uint8Array(0))
  const level = Math.log2(size)
  if (Number.isInteger(level) && from % size === 0) return at(level, from / size)
  const middle = from + split(size)
  return nodeHash(rangeRoot(from, middle, at, sha256), rangeRoot(middle, to, at, sha256), sha256)
}

/** RFC 6962 §2.1.1. */
export function inclusionProof(
  index: number,
  size: number,
  at: NodeAt,
  sha256: Sha256,
): readonly Uint8Array[] {
  const path = (from: number, to: number): readonly Uint8Array[] => {
    if (to - from === 1) return []
    const middle = from + split(to - from)
    return index < middle
      ? [...path(from, middle), rangeRoot(middle, to, at, sha256)]
      : [...path(middle, to), rangeRoot(from, middle, at, sha256)]
  }
  return path(0, size)
}

/** RFC 6962 §2.1.2. */
export function consistencyProof(
  older: number,
  newer: number,
  at: NodeAt,
  sha256: Sha256,
): readonly Uint8Array[] {
  const path = (from: number, to: number, whole: boolean): readonly Uint8Array[] => {
    if (older === to) return whole ? [] : [rangeRoot(from, to, at, sha256)]
    const middle = from + split(to - from)
    return older <= middle
      ? [...path(from, middle, whole), rangeRoot(middle, to, at, sha256)]
      : [...path(middle, to, false), rangeRoot(from, middle, at, sha256)]
  }
  return older === 0 || older === newer ? [] : path(0, newer, true)
}

/** RFC 9162 §2.1.3.2. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
  sha256: Sha256,
): boolean {
  if (index < 0 || index >= size || proof.length > 63) return false
  let [fn, sn, hash] = [index, size - 1, leaf]
  for (const sibling of proof) {
    if (sn === 0 || sibling.length !== 32) return false
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash, sha256)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
    } else {
      hash = nodeHash(hash, sibling, sha256)
    }
    ;[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  return sn === 0 && equalBytes(hash, root)
}

/** RFC 9162 §2.1.4.2. */
export function verifyConsistency(
  older: number,
  newer: number,
  proof: readonly Uint8Array[],
  olderRoot: Uint8Array,
  newerRoot: Uint8Array,
  sha256: Sha256,
): boolean {
  if (older < 0 || older > newer || proof.length > 63) return false
  if (older === newer) return proof.length === 0 && equalBytes(olderRoot, newerRoot)
  if (older === 0) return proof.length === 0
  const path = Number.isInteger(Math.log2(older)) ? [olderRoot, ...proof] : proof
  let [fn, sn] = [older - 1, newer - 1]
  while (fn % 2 === 1) [fn, sn] = [(fn - 1) / 2, Math.floor(sn / 2)]
  const [first, ...rest] = path
  if (first === undefined) return false
  let [olderHash, newerHash] = [first, first]
  for (const sibling of rest) {
    if (sn === 0 || sibling.length !== 32) return false
    if (fn % 2 === 1 || fn === sn) {
      olderHash = nodeHash(sibling, olderHash, sha256)
      newerHash = nodeHash(sibling, newerHash, sha256)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
    } else {
      newerHash = nodeHash(newerHash, sibling, sha256)
    }
    ;[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  return sn === 0 && equalBytes(olderHash, olderRoot) && equalBytes(newerHash, newerRoot)
}
