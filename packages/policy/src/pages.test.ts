import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { policyFolder, testPolicies } from '@chaperone/testkit'
import { readCedarFile } from './read-cedar-file.ts'

const files = policyFolder()
const { cedar, policies } = await testPolicies(files)
const page = (name: string) =>
  readFileSync(new URL(`../../../docs/regimes/${name}.md`, import.meta.url), 'utf8')

/** The rules of a page as `id effect requirement reason`. */
function rulesOnPage(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const cells = line.split(' | ')
    const id = /^\| `([a-z0-9-]+)`$/.exec(cells[0] ?? '')?.[1]
    return id === undefined ? [] : [[id, cells[1], cells[3], cells[4]?.replace(/ \|$/, '')].join(' ')]
  })
}

function rulesIn(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    const read = readCedarFile(path, files.get(path) ?? '', cedar)
    if (!read.ok) throw new Error(JSON.stringify(read.error))
    return read.value.map(({ id, effect, requirement, reason }) =>
      [id, effect, requirement, reason].join(' '),
    )
  })
}

const cedarPaths = [...files.keys()].filter((path) => path.endsWith('.cedar')).sort()

test.for([...policies.regimes.keys()])('the page of %s lists its rules as they are', (regime) => {
  const own = cedarPaths.filter((path) => path.startsWith(`${regime}/`))
  expect(rulesOnPage(page(regime))).toEqual(rulesIn(own))
})

test.for([...policies.regimes.keys()])('the page of %s names the shared rules it uses', (regime) => {
  const { uses } = JSON.parse(files.get(`${regime}/regime.json`) ?? '') as { uses: readonly string[] }
  const linked = [...page(regime).matchAll(/\(shared\.md#([a-z0-9-]+)\)/g)].map(
    ([, name]) => `shared/${name}.cedar`,
  )
  expect(linked).toEqual(uses)
})

test.for([...policies.regimes.keys()])(
  'the page of %s says what it rests on, what is read into it, what is unchecked',
  (regime) => {
    const headings = [...page(regime).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(['On what it stands', 'What is interpretation', 'What is not verified', 'Rules'])
  },
)

test('the shared rules are listed as they are', () => {
  const text = page('shared')
  const paths = [...text.matchAll(/^## ([a-z0-9-]+)$/gm)].map(([, name]) => `shared/${name}.cedar`)
  expect([...paths].sort()).toEqual(cedarPaths.filter((path) => path.startsWith('shared/')))
  expect(rulesOnPage(text)).toEqual(rulesIn(paths))
})

test('the overview lists the regimes and the requirements', () => {
  const text = page('README')
  for (const regime of policies.regimes.keys()) expect(text).toContain(`](${regime}.md)`)
  const rows = [...policies.requirements].map(
    ([id, { text: asks, source, verified }]) =>
      `| ${id} | ${asks} | ${source} | ${verified ? 'yes' : 'no: check before relying on it'} |`,
  )
  expect(text.split('\n').filter((line) => /^\| [A-Z]/.test(line))).toEqual(rows)
})
