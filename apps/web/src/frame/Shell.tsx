import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import type { Me } from '@chaperone/contract'
import { call } from '../api/call.ts'
import { useLive, type LiveState } from '../api/live.ts'
import { queryClient } from '../api/query.ts'
import { Banner } from './Banner.tsx'
import { Preferences } from './Preferences.tsx'

/** Everything around a screen of somebody who is signed in. */
export function Shell({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  const live = useLive()
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Banner banner={me.banner} place="top" />
      <header className="head">
        <div className="head-row">
          <span className="product">
            <Shield /> Chaperone <span className="dim">{me.organisation}</span>
          </span>
          <Navigation roles={me.roles} />
          <span className="spring" />
          <LiveMark state={live} />
          <span className="who">
            {me.name} <span className="dim">{me.roles.join(', ')}</span>
          </span>
          <Button variant="default" size="compact-sm" onClick={() => void signOut()}>
            Sign out
          </Button>
        </div>
        <Preferences />
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <Banner banner={me.banner} place="bottom" />
    </>
  )
}

async function signOut(): Promise<void> {
  await call('signOut', {})
  queryClient.clear()
  sessionStorage.clear()
  location.assign('/')
}

const places = [
  { href: '/inbox', text: 'Inbox', roles: ['escort'] },
  { href: '/orders', text: 'My orders', roles: ['technician'] },
  { href: '/log', text: 'Log', roles: ['auditor', 'officer'] },
  { href: '/frozen', text: 'Stopped orders', roles: ['officer'] },
  { href: '/people', text: 'People', roles: ['officer', 'auditor'] },
  { href: '/verification', text: 'Verification', roles: ['auditor', 'officer', 'escort'] },
] as const

function Navigation({ roles }: { readonly roles: Me['roles'] }) {
  const [path] = useLocation()
  const mine = places.filter((place) => place.roles.some((role) => roles.includes(role)))
  return (
    <nav aria-label="Main">
      <ul className="nav">
        {mine.map(({ href, text }) => (
          <li key={href}>
            <Link href={href} aria-current={isWithin(path, href) ? 'page' : undefined}>
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function isWithin(path: string, href: string): boolean {
  return path === href || path.startsWith(`${href}/`) || (href === '/inbox' && path.startsWith('/review/'))
}

const liveWords: Record<LiveState, string> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Reconnecting: what you see may be old',
}

function LiveMark({ state }: { readonly state: LiveState }) {
  return (
    <span className={`live live-${state}`} role="status">
      {liveWords[state]}
    </span>
  )
}

export function Shield() {
  return (
    <svg className="shield" viewBox="0 0 16 16" aria-hidden="true">
      <path className="shield-body" d="M8 0l7 3v5c0 4-3 7-7 8-4-1-7-4-7-8V3z" />
      <path className="shield-tick" d="M4.5 8l2.5 2.5L11.5 6" />
    </svg>
  )
}
