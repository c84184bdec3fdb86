import { problems, type ProblemCode, type ProblemRow } from '@chaperone/contract'

/** The page of each code, `docs/problems/CODE.md`, from the one registry; and their index. */
export function problemPages(): ReadonlyMap<string, string> {
  const rows = Object.entries(problems) as [ProblemCode, ProblemRow][]
  const pages = new Map(rows.map(([code, row]) => [`${code}.md`, page(code, row)]))
  return pages.set('README.md', index(rows))
}

function page(code: ProblemCode, { status, title, advice }: ProblemRow): string {
  return `# ${title}

\`${code}\` · HTTP ${status}

**What it means.** ${title}. ${meaningOf(status)}

**What to do.** ${sentence(advice)}
`
}

/** What a status says about the request, the same for every code that has it. */
function meaningOf(status: number): string {
  const known = meanings[status]
  if (known === undefined) throw new Error(`status ${status} has no meaning`)
  return known
}

const meanings: Readonly<Record<number, string>> = {
  400: 'The request could not be read; nothing was done.',
  401: 'The gateway does not know who asks; nothing was done.',
  403: 'The gateway knows who asks, and the answer is no; nothing was done.',
  404: 'It does not exist, or not for whoever asks: the answer is the same.',
  405: 'The address exists and has other methods; nothing was done.',
  409: 'The request was understood and does not fit how things stand now; nothing was done.',
  413: 'The request was not read to its end; nothing was done.',
  415: 'The request was not read; nothing was done.',
  422: 'The request was read and something in it cannot be right; nothing was done.',
  429: 'The request was not looked at; it may be repeated after the seconds in `retry-after`.',
  500: 'A defect of the product. No detail is given here; the operator finds it by the request id.',
  503: 'Something that is needed is away. What cannot be logged does not happen.',
}

function sentence(advice: string): string {
  return `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`
}

function index(rows: readonly (readonly [ProblemCode, ProblemRow])[]): string {
  const lines = rows.map(([code, { status, title }]) => `| [${code}](${code}.md) | ${status} | ${title} |`)
  return `# Problems

Every refusal and failure of the API, by its code. Generated from \`packages/contract/src/problems.ts\` by
\`node apps/gateway/docs/generate.ts\`. Codes are never renamed and never used again for something else.

| code | status | what it means |
|---|---|---|
${lines.join('\n')}
`
}
