import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Words that stand in public collections of attacks: an analyser that knows them has learnt the collection. */
const tellTales = [
  '203.0.113' + '.66',
  'files.example' + '.net',
  'vendor' + 'kit',
  'External' + 'packages',
  'T1' + '059',
]

const here = fileURLToPath(new URL('.', import.meta.url))
const sources = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
)

/** Technique numbers belong to a rule's description of itself. */
const withoutTechniques = (text: string): string => text.replace(/techniques: \[[^\]]*\]/g, '')

test.for(tellTales)('no source knows %s', (tellTale) => {
  const knowing = sources.filter((name) =>
    withoutTechniques(readFileSync(join(here, name), 'utf8')).includes(tellTale),
  )
  expect(knowing).toEqual([])
})
