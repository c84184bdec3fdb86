import type { OrderSummary } from '@chaperone/contract'
import { Time, useNow } from '../parts/clock.tsx'
import { formatDuration } from '../parts/format-time.ts'

/** When the window of an order opens or closes, and how long that is from now. */
export function Deadline({ order }: { readonly order: Pick<OrderSummary, 'notBefore' | 'notAfter'> }) {
  const now = useNow()
  const until = (instant: string) => (Date.parse(instant) - now) / 1000
  const opens = until(order.notBefore)
  const left = until(order.notAfter)
  if (left <= 0) {
    return (
      <>
        <span className="strong">closed</span>
        <div className="small dim">
          <Time at={order.notAfter} />
        </div>
      </>
    )
  }
  return (
    <>
      <span className={left < 3600 ? 'strong' : undefined}>{formatDuration(left)} left</span>
      <div className="small dim">
        {opens > 0 ? (
          <>
            opens in {formatDuration(opens)}, <Time at={order.notBefore} />
          </>
        ) : (
          <Time at={order.notAfter} />
        )}
      </div>
    </>
  )
}
