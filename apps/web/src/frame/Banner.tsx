import type { Me } from '@chaperone/contract'
import { readableOn } from './readable-on.ts'

/** What the content of these screens is classified as, above and below all of it, in the installation's own colour. */
export function Banner(props: { readonly banner: Me['banner']; readonly place: 'top' | 'bottom' }) {
  const { text, colour } = props.banner
  return (
    <div
      className={`banner banner-${props.place}`}
      role="region"
      aria-label={`Classification, ${props.place}`}
      style={{ backgroundColor: colour, color: readableOn(colour) }}
    >
      {text}
    </div>
  )
}
