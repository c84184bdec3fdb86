import { useEffect, useRef, type ReactNode } from 'react'

let firstPage = true

/** A screen: its heading is the page's title, and gets the focus when one comes here by a link. */
export function Page(props: {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
  readonly wide?: boolean
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${props.title} · Chaperone`
  }, [props.title])
  useEffect(() => {
    // On the first load the focus belongs where the browser puts it, before the skip link.
    if (!firstPage) heading.current?.focus()
    firstPage = false
  }, [])
  return (
    <div className={props.wide === true ? 'page' : 'page page-narrow'}>
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {props.title}
        </h1>
        {props.aside}
      </div>
      {props.children}
    </div>
  )
}
