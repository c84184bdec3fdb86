import { phaseWords } from '../parts/words.ts'
import { isBroken, stageOf, stages, type Followed } from './progress.ts'

/** The stages in fixed words, the present one marked. */
export function Timeline({ order }: { readonly order: Followed }) {
  const at = stageOf(order)
  return (
    <ol className="timeline" aria-label="Progress">
      {stages.map((stage, i) => (
        <li
          key={stage}
          className={i < at ? 'past' : i === at ? (isBroken(order.phase) ? 'broken' : 'present') : 'ahead'}
          aria-current={i === at ? 'step' : undefined}
        >
          {i === at && order.phase !== 'done' ? phaseWords[order.phase].name : stage}
        </li>
      ))}
    </ol>
  )
}

export function ProgressLine({ order }: { readonly order: Followed }) {
  const at = stageOf(order)
  return (
    <span className="progress-line">
      <span aria-hidden="true" className="pips">
        {stages.map((stage, i) => (
          <span key={stage} className={i <= at ? 'pip pip-on' : 'pip'} />
        ))}
      </span>
      <span className="small">
        {at + 1} of {stages.length}
      </span>
    </span>
  )
}
