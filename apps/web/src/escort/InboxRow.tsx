import { Button } from '@mantine/core'
import { Link } from 'wouter'
import type { OrderSummary } from '@chaperone/contract'
import { refusalWords } from '../parts/Actions.tsx'
import { LevelBadge, PhaseBadge } from '../parts/Badges.tsx'
import { Time } from '../parts/clock.tsx'
import { Deadline } from './Deadline.tsx'

interface RowProps {
  readonly order: OrderSummary
  readonly busy: boolean
  readonly claim: () => void
}

/** One order of the inbox, and the way to claim it. */
export function InboxRow({ order, busy, claim }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <Link href={`/review/${order.order}`}>{order.purpose}</Link>
        <div className="small dim mono">
          {order.order} v{order.version} · {order.steps} {order.steps === 1 ? 'step' : 'steps'}
        </div>
      </th>
      <td data-label="Level">
        <LevelBadge level={order.level} />
      </td>
      <td data-label="Targets" className="mono">
        {order.targets.join(', ')}
      </td>
      <td data-label="State">
        <PhaseBadge phase={order.phase} />
        {order.openRequests === 0 ? null : (
          <div className="small">
            {order.openRequests === 1 ? '1 request for output' : `${order.openRequests} requests for output`}
          </div>
        )}
      </td>
      <td data-label="Technician">{order.technician.name}</td>
      <td data-label="Deadline">
        <Deadline order={order} />
      </td>
      <td data-label="Claim">
        <Claim order={order} busy={busy} claim={claim} />
      </td>
    </tr>
  )
}

function Claim({ order, busy, claim }: RowProps) {
  if (order.claim !== null) {
    return (
      <>
        {order.mine ? <strong>You</strong> : order.claim.escort.name}
        <div className="small dim">
          until <Time at={order.claim.until} />
        </div>
      </>
    )
  }
  const refused = refusalWords(order.may.claim)
  return refused === undefined ? (
    <Button
      variant="default"
      size="compact-sm"
      disabled={busy}
      aria-label={`Claim and open: ${order.purpose}`}
      onClick={claim}
    >
      Claim
    </Button>
  ) : (
    <span className="reason">{refused}</span>
  )
}
