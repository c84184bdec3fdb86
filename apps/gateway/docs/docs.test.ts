import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { signerProblems } from '@chaperone/contract'
import { apiPage } from './api-page.ts'
import { problemPages } from './problem-pages.ts'

const docs = new URL('../../../docs/', import.meta.url)
const again = 'run `node apps/gateway/docs/generate.ts`'

test('docs/problems has a page for every code, and no other', () => {
  const pages = problemPages()
  const there = readdirSync(new URL('problems/', docs))
  expect([...there].sort(), again).toEqual([...pages.keys()].sort())
  for (const [name, text] of pages) {
    expect(readFileSync(new URL(`problems/${name}`, docs), 'utf8'), again).toBe(text)
  }
})

test('every code of the signer has a page as people read it', () => {
  const text = readFileSync(new URL('../spec/signer.md', docs), 'utf8')
  const codes = [...text.slice(text.indexOf('## 6.')).matchAll(/^\| `([a-z-]+)` \|/gm)]
  const wanted = codes.map(([, code]) => `signer-${code}`)
  expect(Object.keys(signerProblems).sort()).toEqual(wanted.sort())
})

test('docs/api.md is what the routes say', () => {
  expect(readFileSync(new URL('api.md', docs), 'utf8'), again).toBe(apiPage())
})
