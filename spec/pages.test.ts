import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { statementLines, type StatementKind } from '@chaperone/domain'
import { rules } from '@chaperone/verify'
import { eventTable, statementLine } from './make/event-table.ts'

const page = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

test('event.md has the table of the shapes', () => {
  expect(page('event.md')).toContain(eventTable())
})

test.for(Object.keys(statementLines) as StatementKind[])(
  'statement.md says what a statement of kind %s is',
  (kind) => {
    const line = page('statement.md')
      .split('\n')
      .find((one) => one.startsWith('- **') && one.split(': ')[0]?.includes(`**${kind}**`))
    expect(line?.slice(line.indexOf(': ') + 2)).toBe(statementLine(kind))
  },
)

test('docs/verification.md has every rule in its words', () => {
  const rows = Object.entries(rules).map(([rule, means]) => `| \`${rule}\` | ${means} |`)
  expect(page('../docs/verification.md')).toContain(rows.join('\n'))
})

test('README.md names every page', () => {
  const index = page('README.md')
  for (const name of ['event', 'commitment', 'step', 'statement', 'signature', 'roster', 'log', 'export'])
    expect(index).toContain(`](${name}.md)`)
})
