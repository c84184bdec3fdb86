import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import type { Json } from '@chaperone/encoding'
import { canonicalJsonVectors, commitmentVectors, stepVectors } from './make/encoding-vectors.ts'
import { eventVectors } from './make/event-vectors.ts'
import { exportVectors } from './make/export-vectors.ts'
import { noteVectors, treeVectors } from './make/log-vectors.ts'
import { rosterVectors } from './make/roster-vectors.ts'
import { signatureVectors } from './make/signature-vectors.ts'
import { statementVectors } from './make/statement-vectors.ts'

/** Vectors by the name of their file; made anew they have the same bytes (a test compares). */
export const makeVectors: Readonly<Record<string, () => Json>> = {
  'canonical-json': canonicalJsonVectors,
  commitment: commitmentVectors,
  event: eventVectors,
  export: exportVectors,
  note: noteVectors,
  roster: rosterVectors,
  signature: signatureVectors,
  statement: statementVectors,
  step: stepVectors,
  tree: treeVectors,
}

/** The bytes of a vector file. */
export function spellVectors(vectors: Json): string {
  return `${JSON.stringify(vectors, undefined, 1)}\n`
}

export function vectorFile(name: string): URL {
  return new URL(`vectors/${name}.json`, import.meta.url)
}

export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(vectorFile(name), 'utf8')) as T
}

if (process.argv[1] === import.meta.filename) {
  for (const [name, make] of Object.entries(makeVectors))
    writeFileSync(vectorFile(name), spellVectors(make()))
}
