import { useLocation } from 'wouter'
import type { Me, TechnicianOrder } from '@chaperone/contract'
import { useAct, useAnswer } from '../api/query.ts'
import { refusalWords } from '../parts/Actions.tsx'
import { Answer, Empty } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'
import { draftOf } from './draft.ts'
import { OrderForm } from './OrderForm.tsx'
import { forgetDraft } from './use-draft.ts'

/** A new version of an order. */
export function Revise({ me, order }: { readonly me: Me; readonly order: string }) {
  const found = useAnswer('myOrder', { params: { order } })
  return (
    <Page title="Revise work order">
      <Answer of={found} what="your order">
        {(data) => {
          const refused = refusalWords(data.may.revise)
          return refused === undefined ? (
            <Revision key={data.version} me={me} order={data} />
          ) : (
            <Empty title="This order cannot be revised now">
              <p>{refused}</p>
            </Empty>
          )
        }}
      </Answer>
    </Page>
  )
}

function Revision({ me, order }: { readonly me: Me; readonly order: TechnicianOrder }) {
  const [, go] = useLocation()
  const name = `${order.order}-${order.version}`
  const revise = useAct('reviseOrder', () => {
    forgetDraft(name)
    go(`/orders/${order.order}`)
  })
  return (
    <>
      <p>
        You replace version {order.version} of <span className="mono">{order.order}</span>. Nothing that was
        allowed before counts for the new version; the escort sees what changed.
      </p>
      <OrderForm
        me={me}
        name={name}
        begin={() => draftOf(order.submission)}
        submitLabel="Submit new version"
        busy={revise.isPending}
        problem={revise.error}
        submit={(body) => revise.mutate({ params: { order: order.order }, body })}
      />
    </>
  )
}
