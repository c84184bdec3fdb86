import { z } from 'zod'
import { eventShape, statementLines, type StatementKind } from '@chaperone/domain'

/** The table of spec/event.md §2, from the shapes that read and write entries. */
export function eventTable(): string {
  const rows = eventShape.options.map((option) => {
    const members = Object.entries(option.shape)
      .filter(([name]) => !['v', 'type', 'at'].includes(name))
      .map(([name, shape]) => (shape instanceof z.ZodNullable ? `\`${name}\` or null` : `\`${name}\``))
    return `| \`${option.shape.type.value}\` | ${members.join(', ')} |`
  })
  return ['| type | members beside `v`, `type`, `at` |', '|---|---|', ...rows].join('\n')
}

/** The line of spec/statement.md §3 for a kind. */
export function statementLine(kind: StatementKind): string {
  return statementLines[kind]
    .map((line) => {
      const pairs = line.pairs.map(([word, , grammar]) => `${word} ${grammar}`).join(' ')
      return `${line.repeated === undefined ? '' : 'repeated '}\`${pairs}\``
    })
    .join(' · ')
}
