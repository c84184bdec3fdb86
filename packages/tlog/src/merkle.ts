import { concat, invariant, type Sha256 } from '@chaperone/encoding'

/** Hashes of RFC 6962 §2.1. */
export const hashSize = 32
const largestLeaf = 65_535

// One allocation less for each of a log's hashes: nothing runs between filling these and hashing them.
const leafBytes = new Uint8Array(1 + largestLeaf) // begins with 0
const nodeBytes = new Uint8Array(1 + 2 * hashSize)
nodeBytes[0] = 1

export function leafHash(entry: Uint8Array, sha256: Sha256): Uint8Array {
  if (entry.length > largestLeaf) return sha256(concat(leafBytes.subarray(0, 1), entry))
  leafBytes.set(entry, 1)
  return sha256(leafBytes.subarray(0, 1 + entry.length))
}

export function nodeHash(left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array {
  nodeBytes.set(left, 1)
  nodeBytes.set(right, 1 + hashSize)
  return sha256(nodeBytes)
}

/** Where a complete subtree stands: `index`-th of its level, level 0 being leaves. */
export type OnNode = (level: number, index: number, hash: Uint8Array) => void

/**
 * The right edge of a growing tree: appends in O(log n) and keeps the roots of complete subtrees only, so that its
 * state is at most 53 hashes whatever the size.
 */
export class Frontier {
  readonly #sha256: Sha256
  #stack: Uint8Array[]
  #size: number

  constructor(sha256: Sha256) {
    this.#sha256 = sha256
    this.#stack = []
    this.#size = 0
  }

  get size(): number {
    return this.#size
  }

  /** Adds a leaf by its hash; tells of every subtree that became complete, leaf included. */
  append(leaf: Uint8Array, onNode?: OnNode): void {
    let hash = leaf
    let index = this.#size
    let level = 0
    onNode?.(level, index, hash)
    while (index % 2 === 1) {
      const left = this.#stack.pop()
      invariant(left !== undefined, 'an odd index has a left neighbour')
      hash = nodeHash(left, hash, this.#sha256)
      index = (index - 1) / 2
      level++
      onNode?.(level, index, hash)
    }
    this.#stack.push(hash)
    this.#size++
  }

  /** The tree's root: SHA-256 of nothing for the empty tree. */
  root(): Uint8Array {
    const last = this.#stack.at(-1)
    if (last === undefined) return this.#sha256(new Uint8Array(0))
    return this.#stack.slice(0, -1).reduceRight((right, left) => nodeHash(left, right, this.#sha256), last)
  }

  /** The roots of complete subtrees, largest first; with the size, all that `restore` needs. */
  dump(): Uint8Array {
    return concat(...this.#stack)
  }

  /** The frontier that was dumped, or `undefined` when the bytes do not fit the size. */
  static restore(size: number, dumped: Uint8Array, sha256: Sha256): Frontier | undefined {
    if (!Number.isSafeInteger(size) || size < 0 || dumped.length !== hashSize * onesIn(size)) return undefined
    const frontier = new Frontier(sha256)
    frontier.#size = size
    for (let at = 0; at < dumped.length; at += hashSize) frontier.#stack.push(dumped.slice(at, at + hashSize))
    return frontier
  }
}

function onesIn(size: number): number {
  let ones = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2
  return ones
}
