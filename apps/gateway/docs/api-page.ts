import { z } from 'zod'
import { eventStreamPath, exportPath, problems, routes, type Route } from '@chaperone/contract'

type Schema = Readonly<Record<string, unknown>>

/** The text of docs/api.md, from the same table that the gateway registers. */
export function apiPage(): string {
  return `${head}\n${Object.entries<Route>(routes).map(section).join('\n')}`
}

const head = `# The API

Generated from \`packages/contract/src/routes.ts\` by \`node apps/gateway/docs/generate.ts\`; a running gateway serves the
same as OpenAPI 3.1 at \`/openapi.json\`. Bytes travel as standard base64, times as UTC seconds. Every failure is an
RFC 9457 problem, one of [${Object.keys(problems).length} codes](problems/).

Who: \`anybody\` needs no session; \`signed-in\` needs one; \`desk\` is the desk's own token; a role is a role of the
roster in force. What somebody may do with this order now is decided for each request. A session is a cookie (browser;
every request must then come from the gateway's own pages) or a bearer token (command line).

Beside these:

- \`GET ${eventStreamPath}\` (signed-in): server-sent events. \`order\` says which order changed; resumes by \`Last-Event-ID\`.
- \`GET ${exportPath}?order=…\` (auditor, officer): an export (spec/export.md) as a tar; recorded before it leaves.
- \`GET /healthz\`, \`/readyz\`, \`/metrics\` (OpenMetrics), \`/openapi.json\`.
`

function section([name, route]: [string, Route]): string {
  const { method, path, summary, access } = route
  const who = typeof access === 'string' ? access : access.join(', ')
  const parts = (['query', 'body', 'answer'] as const).flatMap((part) => {
    const schema = route[part]
    return schema === undefined ? [] : [`- ${part}: ${shapeOf(jsonSchema(schema))}`]
  })
  if (route.answer === undefined) parts.push('- answer: nothing (204)')
  return `## ${name}\n\n\`${method} ${path}\` · ${who}\n\n${summary}.\n\n${parts.join('\n')}\n`
}

function jsonSchema(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input', reused: 'inline' })
}

/** A schema in a line; named shapes by their name, since OpenAPI has them in full. */
function shapeOf(schema: Schema): string {
  if (typeof schema['id'] === 'string') return `**${schema['id']}**`
  if (typeof schema['$ref'] === 'string') return `**${schema['$ref'].split('/').pop()}**`
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined
  if (choices !== undefined) return choices.map(shapeOf).join(' or ')
  if (Array.isArray(schema['enum'])) return schema['enum'].map((word) => `\`${String(word)}\``).join(' or ')
  if (schema['type'] === 'array') return `list of ${shapeOf(schema['items'] as Schema)}`
  if (schema['properties'] !== undefined) return membersOf(schema)
  return String(schema['type'] ?? 'anything')
}

function membersOf(schema: Schema): string {
  const needed = new Set((schema['required'] ?? []) as readonly string[])
  const members = Object.entries(schema['properties'] as Readonly<Record<string, Schema>>)
  const words = members.map(
    ([name, member]) => `\`${name}\`${needed.has(name) ? '' : '?'}: ${shapeOf(member)}`,
  )
  return words.length === 0 ? 'any members' : `{ ${words.join(', ')} }`
}
