import { Button } from '@mantine/core'
import type { KeyboardEvent } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import type { OrderSummary } from '@chaperone/contract'
import { useAct, useAnswer } from '../api/query.ts'
import { refusalWords } from '../parts/Actions.tsx'
import { LevelBadge, PhaseBadge } from '../parts/Badges.tsx'
import { Time } from '../parts/clock.tsx'
import { Choice } from '../parts/Choice.tsx'
import { Answer, Empty, ProblemNote } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'
import { Deadline } from './Deadline.tsx'
import { filterIn, inboxFilters, shownOrders, type InboxFilter } from './inbox-filter.ts'

const filterWords: Record<InboxFilter, string> = {
  open: 'Open',
  mine: 'Mine',
  unclaimed: 'Unclaimed',
  all: 'All, also ended',
}

/** Orders that this escort may judge, the nearest deadline on top. */
export function Inbox() {
  const [search, setSearch] = useSearchParams()
  const filter = filterIn(search.get('show'))
  const inbox = useAnswer('inbox', { query: { all: filter === 'all' ? 'true' : 'false' } }, { every: 30_000 })
  return (
    <Page title="Inbox" wide>
      <Choice
        label="Show"
        value={filter}
        onChange={(show) => setSearch({ show }, { replace: true })}
        options={inboxFilters.map((value) => [value, filterWords[value]])}
      />
      <Answer of={inbox} what="the inbox">
        {(orders) => <Orders orders={shownOrders(orders, filter)} filter={filter} />}
      </Answer>
    </Page>
  )
}

function Orders({
  orders,
  filter,
}: {
  readonly orders: readonly OrderSummary[]
  readonly filter: InboxFilter
}) {
  const [, go] = useLocation()
  const claim = useAct('claimOrder', ({ order }) => go(`/review/${order}`))
  if (orders.length === 0) {
    return (
      <Empty title={filter === 'mine' ? 'You hold no order' : 'Nothing waits here'}>
        <p>New work orders appear by themselves. You need not reload.</p>
      </Empty>
    )
  }
  return (
    <>
      {claim.error === null ? null : <ProblemNote problem={claim.error} />}
      <div className="table-scroll" role="region" aria-label="Work orders" tabIndex={0}>
        <table className="table stacked inbox">
          <thead>
            <tr>
              {['Purpose', 'Level', 'Targets', 'State', 'Technician', 'Deadline', 'Claim'].map((title) => (
                <th scope="col" key={title}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody onKeyDown={moveByArrow}>
            {orders.map((order) => (
              <Row
                key={order.order}
                order={order}
                busy={claim.isPending}
                claim={() =>
                  claim.mutate({ params: { order: order.order }, body: { version: order.version } })
                }
              />
            ))}
          </tbody>
        </table>
      </div>
      <p className="small dim">
        Arrow keys move between orders, Enter opens one. {orders.length}{' '}
        {orders.length === 1 ? 'order' : 'orders'}.
      </p>
    </>
  )
}

function moveByArrow(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('th a')]
  const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement))
  event.preventDefault()
  links.at(Math.min(Math.max(at + step, 0), links.length - 1))?.focus()
}

interface RowProps {
  readonly order: OrderSummary
  readonly busy: boolean
  readonly claim: () => void
}

function Row({ order, busy, claim }: RowProps) {
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
