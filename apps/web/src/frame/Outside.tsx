import { useEffect, type ReactNode } from 'react'
import { Shield } from './Shell.tsx'

/** A page for somebody who is not signed in: one card, no banner, since nothing classified is shown. */
export function Outside({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = title === 'Chaperone' ? title : `${title} · Chaperone`
  }, [title])
  return (
    <main className="outside" id="content">
      <p className="product">
        <Shield /> Chaperone
      </p>
      <div className="card stack">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}
