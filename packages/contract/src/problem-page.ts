import { deskProblems, draftProblems } from './desk-problems.ts'
import { problems, type ProblemRow } from './problems.ts'
import { signerProblems } from './signer-problems.ts'

/** Every code that a person can meet: the gateway's, the desk's, and the signer's as `signer-CODE`. */
export const everyProblem: Readonly<Record<string, ProblemRow>> = {
  ...problems,
  ...draftProblems,
  ...deskProblems,
  ...signerProblems,
}

/** What a code means, in Markdown: its page in docs/problems. `undefined` for what is no code of ours. */
export function problemPage(code: string): string | undefined {
  if (!Object.hasOwn(everyProblem, code)) return undefined
  const row = everyProblem[code]
  if (row === undefined) return undefined
  const { status, title, advice } = row
  const isReason = Object.hasOwn(signerProblems, code)
  return `# ${title}

\`${code}\` · ${isReason ? 'reason of a run that was not started' : `HTTP ${status}`}

**What it means.** ${title}. ${isReason ? ofSigner : (meanings[status] ?? '')}

**What to do.** ${advice.charAt(0).toUpperCase()}${advice.slice(1)}.
`
}

const ofSigner = 'The signer judged it by itself and made no certificate; nothing ran.'

/** What a status says about the request, the same for every code that has it. */
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
