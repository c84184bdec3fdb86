import type { OrderSummary } from '@chaperone/contract'

export const inboxFilters = ['open', 'mine', 'unclaimed', 'all'] as const
export type InboxFilter = (typeof inboxFilters)[number]

/** The filter that an address asks for. */
export function filterIn(text: string | null): InboxFilter {
  return inboxFilters.find((filter) => filter === text) ?? 'open'
}

const over = new Set<OrderSummary['phase']>(['done', 'forbidden', 'withdrawn', 'expired'])

/** What the filter shows; orders that still need somebody come first, the nearest deadline on top. */
export function shownOrders(orders: readonly OrderSummary[], filter: InboxFilter): readonly OrderSummary[] {
  const shown = orders.filter((order) => {
    if (filter === 'mine') return order.mine
    if (filter === 'unclaimed') return order.claim === null && !over.has(order.phase)
    return true
  })
  const rank = (order: OrderSummary) => `${over.has(order.phase) ? 1 : 0} ${order.notAfter} ${order.order}`
  return shown.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
}
