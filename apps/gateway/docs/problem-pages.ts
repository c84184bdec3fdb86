import { everyProblem, problemPage } from '@chaperone/contract'

/** The page of each code, `docs/problems/CODE.md`, from the registries; and their index. */
export function problemPages(): ReadonlyMap<string, string> {
  const pages = Object.keys(everyProblem).map((code) => [`${code}.md`, problemPage(code) ?? ''] as const)
  return new Map(pages).set('README.md', index())
}

function index(): string {
  const lines = Object.entries(everyProblem).map(
    ([code, { status, title }]) =>
      `| [${code}](${code}.md) | ${code.startsWith('signer-') && status === 409 ? '–' : status} | ${title} |`,
  )
  return `# Problems

Every refusal and failure of the gateway and the desk, by its code, and what the signer refuses as \`signer-CODE\`. Generated
from \`packages/contract/src\` by \`node apps/gateway/docs/generate.ts\`; a gateway serves the same at \`/problems/CODE\`. Codes
are never renamed and never used again for something else.

| code | status | what it means |
|---|---|---|
${lines.join('\n')}
`
}
