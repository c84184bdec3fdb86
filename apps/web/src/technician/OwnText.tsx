import { fromBase64 } from '@chaperone/encoding'
import type { SubmittedStep, TechnicianOrder } from '@chaperone/contract'
import { capital } from '../parts/Actions.tsx'
import { formatDuration } from '../parts/format-time.ts'
import { VisibleCode, VisibleText } from '../parts/VisibleCode.tsx'
import { stepNameOf } from './step-name.ts'

/** The latest version as the technician wrote it. */
export function OwnText({ order }: { readonly order: TechnicianOrder }) {
  const { fault, component, mayShow, steps, rollback = [] } = order.submission
  const texts = [
    ['Fault', fault],
    ['Component', component],
    ['What may be shown', mayShow],
  ] as const
  return (
    <section className="stack" aria-labelledby="own-title">
      <h2 id="own-title">What you asked for</h2>
      <dl className="facts">
        {texts.map(([term, text = '']) =>
          text === '' ? null : (
            <div className="contents" key={term}>
              <dt>{term}</dt>
              <dd className="prose">
                <VisibleText text={text} />
              </dd>
            </div>
          ),
        )}
      </dl>
      {[...steps, ...rollback].map((step, i) => (
        <OwnStep key={i} step={step} name={stepNameOf(order, i + 1)} />
      ))}
    </section>
  )
}

function OwnStep({ step, name }: { readonly step: SubmittedStep; readonly name: string }) {
  const { target, account, interpreter, maxSeconds, files = [], expected = '' } = step
  return (
    <div className="panel">
      <div className="row">
        <h3>{capital(name)}</h3>
        <span className="mono">
          {account}@{target}
        </span>
        <span className="small dim">
          {interpreter}, at most {formatDuration(maxSeconds)}
          {files.length === 0 ? '' : `, ${files.length} ${files.length === 1 ? 'file' : 'files'}`}
        </span>
      </div>
      <VisibleCode bytes={fromBase64(step.bytes) ?? new Uint8Array()} label={`Your bytes of ${name}`} />
      {expected === '' ? null : (
        <p className="small">
          <span className="dim">Expected:</span> <VisibleText text={expected} />
        </p>
      )}
    </div>
  )
}
