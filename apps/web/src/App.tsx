import { useEffect } from 'react'
import { Redirect, Route, Switch, useParams } from 'wouter'
import type { Me } from '@chaperone/contract'
import { useAnswer } from './api/query.ts'
import { adviceFor, titleFor } from './api/call.ts'
import { Story } from './audit/Story.tsx'
import { Frozen } from './audit/Frozen.tsx'
import { Log } from './audit/Log.tsx'
import { People } from './audit/People.tsx'
import { Verification } from './audit/Verification.tsx'
import { Enrol } from './entry/Enrol.tsx'
import { SignIn } from './entry/SignIn.tsx'
import { Inbox } from './escort/Inbox.tsx'
import { ReviewPage } from './escort/ReviewPage.tsx'
import { Outside } from './frame/Outside.tsx'
import { Shell } from './frame/Shell.tsx'
import { setServerTime } from './parts/clock.tsx'
import { Empty, Loading, ProblemNote, sentence } from './parts/Notes.tsx'
import { Page } from './parts/Page.tsx'
import { Compose } from './technician/Compose.tsx'
import { MyOrder } from './technician/MyOrder.tsx'
import { MyOrders } from './technician/MyOrders.tsx'
import { Revise } from './technician/Revise.tsx'

export function App() {
  return (
    <Switch>
      <Route path="/enrol">
        <Enrol />
      </Route>
      <Route path="/problems/:code">
        <ProblemPage />
      </Route>
      <Route>
        <SignedIn />
      </Route>
    </Switch>
  )
}

function SignedIn() {
  const me = useAnswer('me', {})
  useEffect(() => {
    if (me.data !== undefined) setServerTime(me.data.now)
  }, [me.data])
  if (me.error?.code === 'not-signed-in') return <SignIn />
  if (me.data !== undefined) {
    return (
      <Shell me={me.data}>
        <Screens me={me.data} />
      </Shell>
    )
  }
  return (
    <Outside title="Chaperone">
      {me.error === null ? (
        <Loading what="your session" />
      ) : (
        <ProblemNote problem={me.error} retry={() => void me.refetch()} />
      )}
    </Outside>
  )
}

function Screens({ me }: { readonly me: Me }) {
  return (
    <Switch>
      <Route path="/">
        <Redirect to={homeOf(me)} replace />
      </Route>
      <Route path="/orders">
        <MyOrders />
      </Route>
      <Route path="/orders/new">
        <Compose me={me} />
      </Route>
      <Route path="/orders/:order/revise">{({ order }) => <Revise me={me} order={order} />}</Route>
      <Route path="/orders/:order">{({ order }) => <MyOrder key={order} order={order} />}</Route>
      <Route path="/inbox">
        <Inbox />
      </Route>
      <Route path="/review/:order">{({ order }) => <ReviewPage key={order} me={me} order={order} />}</Route>
      <Route path="/log">
        <Log />
      </Route>
      <Route path="/log/:order">{({ order }) => <Story key={order} order={order} />}</Route>
      <Route path="/frozen">
        <Frozen />
      </Route>
      <Route path="/people">
        <People me={me} />
      </Route>
      <Route path="/verification">
        <Verification me={me} />
      </Route>
      <Route>
        <Page title="No such page">
          <Empty title="There is no such page for you">
            <p>Check the address, or take one of the links above.</p>
          </Empty>
        </Page>
      </Route>
    </Switch>
  )
}

function homeOf({ roles }: Me): string {
  if (roles.includes('escort')) return '/inbox'
  return roles.includes('technician') ? '/orders' : '/log'
}

function ProblemPage() {
  const { code = '' } = useParams<{ code: string }>()
  return (
    <Outside title={titleFor(code)}>
      <p>{sentence(adviceFor(code))}</p>
      <p className="dim">
        Code <code>{code}</code>
      </p>
    </Outside>
  )
}
