import type { Me } from '@chaperone/contract'

/** Named colours of the usual classification markings, each with text that reads on it. */
const colours: Readonly<Record<string, string>> = {
  green: 'banner-green',
  purple: 'banner-purple',
  blue: 'banner-blue',
  red: 'banner-red',
  orange: 'banner-orange',
  yellow: 'banner-yellow',
}

const byHex: Readonly<Record<string, string>> = {
  '#007a33': 'green',
  '#502b85': 'purple',
  '#0033a0': 'blue',
  '#c8102e': 'red',
  '#ff8c00': 'orange',
  '#fce83a': 'yellow',
}

/** What the content of these screens is classified as, above and below all of it. */
export function Banner(props: { readonly banner: Me['banner']; readonly place: 'top' | 'bottom' }) {
  const wanted = props.banner.colour.toLowerCase()
  const look = colours[byHex[wanted] ?? wanted] ?? 'banner-plain'
  return (
    <div
      className={`banner banner-${props.place} ${look}`}
      role="region"
      aria-label={`Classification, ${props.place}`}
    >
      {props.banner.text}
    </div>
  )
}
