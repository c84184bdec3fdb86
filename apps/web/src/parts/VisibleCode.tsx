import { useMemo } from 'react'
import { visible, visibleBytes, type VisibleSegment } from '@chaperone/recording'
import { linesOf } from './lines-of.ts'

/** Text with every invisible character as a named mark. */
export function Visible({ segments }: { readonly segments: readonly VisibleSegment[] }) {
  return segments.map((segment, i) =>
    segment.kind === 'text' ? (
      <span key={i}>{segment.text}</span>
    ) : (
      <span key={i} className="invisible" role="img" aria-label={`[${segment.title}]`} title={segment.title}>
        {segment.text}
      </span>
    ),
  )
}

export function VisibleText({ text }: { readonly text: string }) {
  const segments = useMemo(() => visible(text), [text])
  return <Visible segments={segments} />
}

/** Exact bytes, numbered by line, in the order in which they are stored whatever their script's direction. */
export function VisibleCode({ bytes, label }: { readonly bytes: Uint8Array; readonly label: string }) {
  const lines = useMemo(() => linesOf(visibleBytes(bytes)), [bytes])
  return (
    <div className="code" role="region" aria-label={label} tabIndex={0}>
      <code>
        {lines.map((line, i) => (
          <span className="line" key={i}>
            <Visible segments={line} />
            {'\n'}
          </span>
        ))}
      </code>
    </div>
  )
}
