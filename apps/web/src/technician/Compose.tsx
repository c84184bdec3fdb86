import { useLocation } from 'wouter'
import { instantOf } from '@chaperone/encoding'
import type { Me } from '@chaperone/contract'
import { useAct } from '../api/query.ts'
import { Page } from '../parts/Page.tsx'
import { emptyDraft } from './draft.ts'
import { OrderForm } from './OrderForm.tsx'
import { forgetDraft } from './use-draft.ts'

/** A new work order. */
export function Compose({ me }: { readonly me: Me }) {
  const [, go] = useLocation()
  const submit = useAct('submitOrder', ({ order }) => {
    forgetDraft('new')
    go(`/orders/${order}`)
  })
  return (
    <Page title="New work order">
      <OrderForm
        me={me}
        name="new"
        begin={() => emptyDraft(me, instantOf(Date.now() / 1000))}
        submitLabel="Submit work order"
        busy={submit.isPending}
        problem={submit.error}
        submit={(body) => submit.mutate({ body })}
      />
    </Page>
  )
}
