import { expect, test } from 'vitest'
import type { OrderSummary } from '@chaperone/contract'
import { filterIn, shownOrders, type InboxFilter } from './inbox-filter.ts'

const claim = { escort: { person: 'p-escortone', name: 'Ann' }, until: '2026-01-01T13:00:00Z' }

function order(id: string, parts: Partial<OrderSummary>): OrderSummary {
  return {
    order: id,
    version: 1,
    phase: 'waiting-for-escort',
    mustAct: 'escort',
    purpose: 'p',
    technician: { person: 'p-technician', name: 'Tim' },
    targets: ['db1'],
    level: 'routine',
    steps: 1,
    submittedAt: '2026-01-01T12:00:00Z',
    notBefore: '2026-01-01T12:00:00Z',
    notAfter: '2026-01-01T18:00:00Z',
    claim: null,
    mine: false,
    openRequests: 0,
    may: { claim: { permitted: true, refusal: null } },
    ...parts,
  }
}

const orders = [
  order('late', { notAfter: '2026-01-02T00:00:00Z' }),
  order('done', { phase: 'done', notAfter: '2026-01-01T13:00:00Z' }),
  order('mine', { claim, mine: true, notAfter: '2026-01-01T20:00:00Z' }),
  order('theirs', { claim, notAfter: '2026-01-01T19:00:00Z' }),
  order('soon', { notAfter: '2026-01-01T14:00:00Z' }),
]

test.for<[filter: InboxFilter, shown: string[]]>([
  ['all', ['soon', 'theirs', 'mine', 'late', 'done']],
  ['open', ['soon', 'theirs', 'mine', 'late', 'done']],
  ['mine', ['mine']],
  ['unclaimed', ['soon', 'late']],
])('%s', ([filter, shown]) => {
  expect(shownOrders(orders, filter).map(({ order: id }) => id)).toEqual(shown)
})

test.for<[text: string | null, filter: InboxFilter]>([
  [null, 'open'],
  ['mine', 'mine'],
  ['MINE', 'open'],
  ['constructor', 'open'],
])('`%s` in the address', ([text, filter]) => {
  expect(filterIn(text)).toBe(filter)
})
