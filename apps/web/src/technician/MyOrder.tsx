import { useState } from 'react'
import { useLocation } from 'wouter'
import type { TechnicianOrder } from '@chaperone/contract'
import { orderChanged, useAct, useAnswer } from '../api/query.ts'
import { Actions, refusalWords } from '../parts/Actions.tsx'
import { PhaseBadge } from '../parts/Badges.tsx'
import { Time } from '../parts/clock.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { Answer } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'
import { mustActWords, phaseWords } from '../parts/words.ts'
import { OwnText } from './OwnText.tsx'
import { Timeline } from './Progress.tsx'
import { Questions } from './Questions.tsx'
import { RequestOutput } from './RequestOutput.tsx'
import { ReleasedText } from './ReleasedText.tsx'

/** One of the technician's orders, told in fixed words. */
export function MyOrder({ order }: { readonly order: string }) {
  const found = useAnswer('myOrder', { params: { order } }, { every: 30_000 })
  return (
    <Page
      title={found.data?.purpose ?? 'Work order'}
      aside={found.data === undefined ? null : <PhaseBadge phase={found.data.phase} />}
    >
      <Answer of={found} what="your order">
        {(data) => <Followed order={data} />}
      </Answer>
    </Page>
  )
}

function Followed({ order }: { readonly order: TechnicianOrder }) {
  return (
    <>
      <section className="panel" aria-label="Where it stands">
        <Timeline order={{ phase: order.phase, releases: order.releases.length }} />
        <p aria-live="polite">
          <strong>{phaseWords[order.phase].name}.</strong> {phaseWords[order.phase].meaning} Who must act:{' '}
          {order.mustAct === 'technician' ? 'you' : mustActWords[order.mustAct]}.
        </p>
        <p className="small dim">
          <span className="mono">
            {order.order} v{order.version}
          </span>
          , submitted <Time at={order.submittedAt} />, window <Time at={order.notBefore} /> to{' '}
          <Time at={order.notAfter} />
        </p>
        <OrderActions order={order} />
      </section>
      <Questions order={order} />
      <ReleasedText order={order} />
      <RequestOutput order={order} />
      <OwnText order={order} />
    </>
  )
}

function OrderActions({ order }: { readonly order: TechnicianOrder }) {
  const [, go] = useLocation()
  const [asking, setAsking] = useState(false)
  const withdraw = useAct('withdrawOrder', () => {
    orderChanged(order.order)
    setAsking(false)
  })
  return (
    <>
      <Actions
        label="Your order"
        actions={[
          {
            label: 'Revise',
            refused: refusalWords(order.may.revise),
            act: () => go(`/orders/${order.order}/revise`),
          },
          {
            label: 'Withdraw',
            refused: refusalWords(order.may.withdraw),
            act: () => setAsking(true),
          },
        ]}
      />
      <Confirm
        opened={asking}
        title="Withdraw this order?"
        yes="Withdraw it"
        busy={withdraw.isPending}
        problem={withdraw.error}
        onYes={() => withdraw.mutate({ params: { order: order.order }, body: { version: order.version } })}
        onNo={() => setAsking(false)}
      >
        <p>Nothing more of it will run, and it cannot be revised any more. What has run stays as it is.</p>
      </Confirm>
    </>
  )
}
