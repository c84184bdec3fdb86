import assert from 'node:assert/strict'
import { nodeCrypto } from '@chaperone/node-crypto'
import { Frontier, leafHash, openCheckpoint, type VerifierKey } from '@chaperone/tlog'
import type { Ledger } from '@chaperone/usecases'

/**
 * Reads a whole log again and proves it: no gaps, the newest checkpoint is signed and is over exactly
 * these entries, and so is every note of `signed` over as many as it names. Answers the leaves.
 */
export async function checkLog(
  ledger: Pick<Ledger<unknown>, 'entries' | 'checkpoint'>,
  key: VerifierKey,
  signed: readonly string[] = [],
): Promise<readonly Uint8Array[]> {
  const newest = await ledger.checkpoint()
  const claims = [newest, ...signed].map((note) => opened(note, key))
  const wanted = new Map(claims.map(({ size, root }) => [size, root]))
  for (const { size, root } of claims) assert.deepEqual(wanted.get(size), root, 'one size has one root')
  const size = claims[0]?.size ?? 0
  const leaves = await readAll(ledger, size)
  const frontier = new Frontier(nodeCrypto.sha256)
  for (let at = 0; at <= size; at++) {
    const root = wanted.get(at)
    if (root !== undefined) assert.deepEqual(new Uint8Array(frontier.root()), root, `the root of size ${at}`)
    wanted.delete(at)
    const leaf = leaves[at]
    if (leaf !== undefined) frontier.append(leafHash(leaf, nodeCrypto.sha256))
  }
  assert.equal(wanted.size, 0, 'no checkpoint is beyond the newest')
  return leaves
}

function opened(note: string, key: VerifierKey): { readonly size: number; readonly root: Uint8Array } {
  const checkpoint = openCheckpoint(note, key, nodeCrypto)
  assert.ok(checkpoint.ok, `a checkpoint verifies: ${note}`)
  return { size: checkpoint.value.size, root: new Uint8Array(checkpoint.value.root) }
}

async function readAll(
  ledger: Pick<Ledger<unknown>, 'entries'>,
  size: number,
): Promise<readonly Uint8Array[]> {
  const leaves: Uint8Array[] = []
  while (leaves.length < size) {
    const part = await ledger.entries(leaves.length, Math.min(size, leaves.length + 5000))
    assert.ok(part.length > 0, `entry ${leaves.length} of ${size} is there`)
    for (const { index, leaf } of part) {
      assert.equal(index, leaves.length, 'entries have no gaps')
      leaves.push(leaf)
    }
  }
  return leaves
}
