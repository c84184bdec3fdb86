import type { KeyboardEvent } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import type { OrderSummary } from '@chaperone/contract'
import { useAct, useAnswer } from '../api/query.ts'
import { Choice } from '../parts/Choice.tsx'
import { Answer, Empty, ProblemNote } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'
import { filterIn, inboxFilters, shownOrders, type InboxFilter } from './inbox-filter.ts'
import { InboxRow } from './InboxRow.tsx'

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
              <InboxRow
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
