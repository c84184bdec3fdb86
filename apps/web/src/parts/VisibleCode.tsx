import { useMemo, useState } from 'react'
import { visible, visibleBytes, type VisibleSegment } from '@chaperone/recording'
import { formatBytes } from './format-time.ts'
import { linesOf } from './lines-of.ts'
import { markName } from './mark-name.ts'

/** Text with every invisible character as a named mark. */
export function Visible({ segments }: { readonly segments: readonly VisibleSegment[] }) {
  return segments.map((segment, i) =>
    segment.kind === 'text' ? (
      <span key={i}>{segment.text}</span>
    ) : (
      <span
        key={i}
        className="invisible"
        role="img"
        aria-label={`[${segment.title}]`}
        title={segment.title}
        data-mark={markName(segment)}
      />
    ),
  )
}

export function VisibleText({ text }: { readonly text: string }) {
  const segments = useMemo(() => visible(text), [text])
  return <Visible segments={segments} />
}

/** More than this is not laid out before somebody asks for it: a browser would stand still. */
const mostShown = 200_000

/** Exact bytes, numbered by line, in the order in which they are stored whatever their script's direction. */
export function VisibleCode({ bytes, label }: { readonly bytes: Uint8Array; readonly label: string }) {
  const [all, setAll] = useState(false)
  const shown = all ? bytes : bytes.subarray(0, mostShown)
  const lines = useMemo(() => linesOf(visibleBytes(shown)), [shown])
  const cut = bytes.length - shown.length
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
      {cut > 0 ? (
        <p className="code-end">
          <strong>{formatBytes(cut)} more are not shown yet.</strong>{' '}
          <button type="button" onClick={() => setAll(true)}>
            Show everything
          </button>
        </p>
      ) : bytes.length > 0 && bytes.at(-1) !== 0x0a ? (
        <p className="code-end">No newline at the end.</p>
      ) : null}
    </div>
  )
}
