import { fromBase64, fromUtf8, toBase64, utf8, type Instant } from '@chaperone/encoding'
import type { Me, Submission, SubmittedStep } from '@chaperone/contract'
import { toLocalInput } from '../parts/format-time.ts'

/** An order while it is written: everything as typed. */
export interface Draft {
  readonly purpose: string
  readonly fault: string
  readonly component: string
  readonly mayShow: string
  readonly effects: Submission['effects']
  /** As `<input type="datetime-local">` has them. */
  readonly opens: string
  readonly closes: string
  readonly steps: readonly DraftStep[]
  readonly rollback: readonly DraftStep[]
}

export interface DraftStep {
  /** Tells steps apart while they are moved; never sent. */
  readonly key: string
  readonly target: string
  readonly account: string
  readonly interpreter: SubmittedStep['interpreter']
  readonly content: Content
  readonly files: SubmittedStep['files'] & {}
  readonly expected: string
  readonly seconds: string
}

/** A text area cannot hold every sequence of bytes: those that it would change are carried beside it. */
export type Content =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'bytes'; readonly base64: string }

export function bytesOf(content: Content): Uint8Array {
  return content.kind === 'text' ? utf8(content.text) : (fromBase64(content.base64) ?? new Uint8Array())
}

/** How many bytes a base64 text stands for, without decoding it. */
export function sizeOf(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (base64.length / 4) * 3 - padding
}

/** Bytes as text where a text area gives exactly these bytes back. */
export function contentOf(base64: string): Content {
  const text = fromUtf8(fromBase64(base64) ?? new Uint8Array())
  const kept = text !== undefined && !text.includes('\r') && !text.includes('\0')
  return kept ? { kind: 'text', text } : { kind: 'bytes', base64 }
}

const windowSeconds = 8 * 60 * 60

export function emptyDraft(me: Pick<Me, 'targets'>, now: Instant): Draft {
  return {
    purpose: '',
    fault: '',
    component: '',
    mayShow: '',
    effects: [],
    opens: toLocalInput(now),
    closes: toLocalInput(new Date(Date.parse(now) + windowSeconds * 1000).toISOString()),
    steps: [emptyStep(me, 'step-1')],
    rollback: [],
  }
}

/** A step like the one before it, without what it does. */
export function emptyStep({ targets }: Pick<Me, 'targets'>, key: string, like?: DraftStep): DraftStep {
  const target = targets[0]
  return {
    key,
    target: like?.target ?? target?.target ?? '',
    account: like?.account ?? target?.accounts[0] ?? '',
    interpreter: like?.interpreter ?? target?.interpreters[0] ?? 'bash',
    content: { kind: 'text', text: '' },
    files: [],
    expected: '',
    seconds: like?.seconds ?? '60',
  }
}

/** A key that no step of the draft has. */
export function freeKey({ steps, rollback }: Draft): string {
  const taken = new Set([...steps, ...rollback].map((step) => step.key))
  let number = taken.size + 1
  while (taken.has(`step-${number}`)) number++
  return `step-${number}`
}

/** What was submitted, to go on from. */
export function draftOf(submission: Submission): Draft {
  const { purpose, fault = '', component = '', mayShow = '', effects = [], rollback = [] } = submission
  const steps = [...submission.steps, ...rollback].map(asDraft)
  return {
    purpose,
    fault,
    component,
    mayShow,
    effects,
    opens: toLocalInput(submission.notBefore),
    closes: toLocalInput(submission.notAfter),
    steps: steps.slice(0, submission.steps.length),
    rollback: steps.slice(submission.steps.length),
  }
}

function asDraft(step: SubmittedStep, index: number): DraftStep {
  const { target, account, interpreter, bytes, files = [], expected = '', maxSeconds } = step
  return {
    key: `step-${index + 1}`,
    target,
    account,
    interpreter,
    content: contentOf(bytes),
    files,
    expected,
    seconds: String(maxSeconds),
  }
}

/** What is sent for one step: its bytes exactly as typed. */
export function submittedStep(step: DraftStep): SubmittedStep {
  const { target, account, interpreter, content, files, expected, seconds } = step
  return {
    target,
    account,
    interpreter,
    bytes: toBase64(bytesOf(content)),
    files,
    expected,
    maxSeconds: Number(seconds),
  }
}

/** The list with one step moved up (-1) or down (1); unchanged at its ends. */
export function moved<T>(list: readonly T[], index: number, by: -1 | 1): readonly T[] {
  const to = index + by
  const item = list[index]
  if (item === undefined || to < 0 || to >= list.length) return list
  return list.toSpliced(index, 1).toSpliced(to, 0, item)
}
