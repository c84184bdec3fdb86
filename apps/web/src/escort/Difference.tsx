import { useMemo } from 'react'
import { fromBase64 } from '@chaperone/encoding'
import { visibleBytes } from '@chaperone/recording'
import type { Review, ReviewStep } from '@chaperone/contract'
import { capital } from '../parts/Actions.tsx'
import { linesOf } from '../parts/lines-of.ts'
import { Visible } from '../parts/VisibleCode.tsx'
import { diffLines } from './line-diff.ts'
import { stepName } from './order-progress.ts'

type FormerStep = NonNullable<Review['former']>['steps'][number]

/** What changed since the version before, step by step. */
export function Difference({ review }: { readonly review: Review }) {
  if (review.former === null) return null
  const { version, steps: former } = review.former
  const pairs = pairedSteps(former, review.steps)
  return (
    <section className="panel" id="difference" aria-labelledby="difference-title">
      <h2 id="difference-title">What changed since version {version}</h2>
      {pairs.map(({ before, after }, i) => (
        <StepDifference
          key={i}
          name={
            after === undefined
              ? `A former ${before?.rollback === true ? 'rollback ' : ''}step`
              : capital(stepName(review, after.step))
          }
          before={before}
          after={after}
        />
      ))}
    </section>
  )
}

interface Pair {
  readonly before: FormerStep | undefined
  readonly after: ReviewStep | undefined
}

/** Steps are compared by their place, work and rollback apart. */
function pairedSteps(former: readonly FormerStep[], steps: readonly ReviewStep[]): readonly Pair[] {
  return [false, true].flatMap((rollback) => {
    const before = former.filter((step) => step.rollback === rollback)
    const after = steps.filter((step) => step.rollback === rollback)
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) => ({
      before: before[i],
      after: after[i],
    }))
  })
}

function StepDifference({ name, before, after }: Pair & { readonly name: string }) {
  const changes = (['target', 'account'] as const).filter((field) => before?.[field] !== after?.[field])
  const sameBytes = before?.bytes === after?.bytes
  if (sameBytes && changes.length === 0) {
    return <p className="dim">{name}: bytes, target and account are the same.</p>
  }
  return (
    <div className="stack">
      <h3>{name}</h3>
      {before === undefined ? <p>This step is new.</p> : null}
      {after === undefined ? <p>This step was taken out.</p> : null}
      {before === undefined || after === undefined
        ? null
        : changes.map((field) => (
            <p key={field}>
              The {field} changed from <del className="mono">{before[field]}</del> to{' '}
              <ins className="mono">{after[field]}</ins>.
            </p>
          ))}
      {sameBytes ? null : (
        <ByteDifference name={name} before={before?.bytes ?? ''} after={after?.bytes ?? ''} />
      )}
    </div>
  )
}

const signs = { same: ' ', removed: '−', added: '+' } as const
const spoken = { same: '', removed: 'taken out: ', added: 'added: ' } as const

function ByteDifference(props: { readonly name: string; readonly before: string; readonly after: string }) {
  const { before, after } = props
  const lines = useMemo(
    () => diffLines(visibleLines(before), visibleLines(after), (line) => JSON.stringify(line)),
    [before, after],
  )
  return (
    <div className="code diff" role="region" aria-label={`Changed bytes of ${props.name}`} tabIndex={0}>
      <code>
        {lines.map(({ kind, line }, i) => (
          <span key={i} className={`diff-line diff-${kind}`}>
            <span className="symbol diff-sign" data-symbol={signs[kind]} />
            <span className="visually-hidden">{spoken[kind]}</span>
            <Visible segments={line} />
            {'\n'}
          </span>
        ))}
      </code>
    </div>
  )
}

/** A final newline that only one side has is a difference too, so it is a mark of its own. */
function visibleLines(base64: string) {
  const bytes = fromBase64(base64) ?? new Uint8Array()
  if (bytes.length === 0) return []
  const lines = linesOf(visibleBytes(bytes))
  if (bytes.at(-1) === 0x0a) return lines
  const end = { kind: 'mark', text: 'no newline', title: 'no newline at the end' } as const
  return lines.map((line, i) => (i === lines.length - 1 ? [...line, end] : line))
}
