import type { ReactNode } from 'react'
import type { Review } from '@chaperone/contract'
import { Time } from '../parts/clock.tsx'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { Deadline } from './Deadline.tsx'

/** Who asks for what, why, and when it may happen. */
export function Summary({ review }: { readonly review: Review }) {
  const covered = review.steps.some(({ understanding }) => understanding.covered)
  return (
    <section className="panel" id="summary" aria-labelledby="summary-title">
      <h2 id="summary-title">What and why</h2>
      <div className="summary">
        <dl className="facts">
          <Fact term="Technician">{review.technician.name}</Fact>
          <Fact term="Fault">
            <Said text={review.fault} />
          </Fact>
          <Fact term="Component">
            <Said text={review.component} />
          </Fact>
          <Fact term="Wants to see">
            <Said text={review.mayShow} />
          </Fact>
          <Fact term="Says it does">
            {covered
              ? 'shown once you have said what the steps do'
              : review.effects.length === 0
                ? 'nothing was declared'
                : review.effects.map(({ effect, place }, i) => (
                    <div key={i}>
                      {effect.replaceAll('-', ' ')}{' '}
                      <span className="mono">
                        <VisibleText text={place} />
                      </span>
                    </div>
                  ))}
          </Fact>
        </dl>
        <dl className="facts">
          <Fact term="Window opens">
            <Time at={review.notBefore} />
          </Fact>
          <Fact term="Window closes">
            <Deadline order={review} />
          </Fact>
          <Fact term="Submitted">
            <Time at={review.submittedAt} />
          </Fact>
          <Fact term="Order">
            <span className="mono">
              {review.order} v{review.version}
            </span>
          </Fact>
          <Fact term="Order digest">
            <span className="digest">{review.orderDigest}</span>
          </Fact>
        </dl>
      </div>
    </section>
  )
}

export function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** Text that a technician wrote, as they wrote it. */
function Said({ text }: { readonly text: string }) {
  if (text === '') return <span className="dim">not said</span>
  return (
    <span className="prose">
      <VisibleText text={text} />
    </span>
  )
}
