import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { TechnicianSummary } from '@chaperone/contract'
import { useAnswer } from '../api/query.ts'
import { PhaseBadge } from '../parts/Badges.tsx'
import { Answer, Empty } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'
import { Time } from '../parts/clock.tsx'
import { mustActWords } from '../parts/words.ts'
import { ProgressLine } from './Progress.tsx'

const page = 50
/** As many as the gateway answers at once. */
const most = 200

export function MyOrders() {
  const [limit, setLimit] = useState(page)
  const orders = useAnswer('myOrders', { query: { limit, offset: 0 } })
  const compose = (
    <Button component={Link} href="/orders/new">
      New work order
    </Button>
  )
  return (
    <Page title="My orders" aside={compose} wide>
      <Answer of={orders} what="your orders">
        {(data) =>
          data.length === 0 ? (
            <Empty title="You have no work orders yet">
              <p>
                A work order says what is wrong, and the exact commands you would run. An escort reads and
                decides.
              </p>
            </Empty>
          ) : (
            <>
              <OrderTable orders={data} />
              {data.length < limit ? null : (
                <Older limit={limit} more={() => setLimit(Math.min(most, limit + page))} />
              )}
            </>
          )
        }
      </Answer>
    </Page>
  )
}

function Older({ limit, more }: { readonly limit: number; readonly more: () => void }) {
  return limit < most ? (
    <p>
      <Button variant="default" onClick={more}>
        Show older orders
      </Button>
    </p>
  ) : (
    <p className="dim">These are the newest {most}; the command line lists older ones.</p>
  )
}

function OrderTable({ orders }: { readonly orders: readonly TechnicianSummary[] }) {
  return (
    <div className="table-scroll" role="region" aria-label="My orders" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Purpose</th>
            <th scope="col">State</th>
            <th scope="col">Who must act</th>
            <th scope="col">Progress</th>
            <th scope="col">Window ends</th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <OrderRow key={order.order} order={order} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function OrderRow({ order }: { readonly order: TechnicianSummary }) {
  const open = order.openQuestions
  return (
    <tr>
      <th scope="row">
        <Link href={`/orders/${order.order}`}>{order.purpose}</Link>
        <div className="small dim mono">
          {order.order} v{order.version}
        </div>
      </th>
      <td>
        <PhaseBadge phase={order.phase} />
      </td>
      <td>
        {mustActWords[order.mustAct]}
        {open > 0 ? (
          <div className="small">{open === 1 ? '1 question to answer' : `${open} questions to answer`}</div>
        ) : null}
        {order.releases > 0 ? <div className="small">{order.releases} released to you</div> : null}
      </td>
      <td>
        <ProgressLine order={order} />
      </td>
      <td className="nowrap">
        <Time at={order.notAfter} />
      </td>
    </tr>
  )
}
