import type { Review } from '@chaperone/contract'
import { Time } from '../parts/clock.tsx'
import { VisibleText } from '../parts/VisibleCode.tsx'

/** What escorts before wrote for whoever goes on; nothing is shown where nobody wrote anything. */
export function HandOverNotes({ review }: { readonly review: Review }) {
  if (review.notes.length === 0) return null
  return (
    <section className="panel" aria-labelledby="notes-title">
      <h2 id="notes-title">Notes between escorts</h2>
      <p className="small dim">The technician never sees these.</p>
      <ol className="thread">
        {review.notes.map(({ escort, to, text, at }) => (
          <li key={`${at} ${escort.person}`}>
            <p className="small dim">
              {escort.name} {to === null ? 'gave it back' : `handed it to ${to.name}`}, <Time at={at} />
            </p>
            <p className="prose">
              <VisibleText text={text} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}
