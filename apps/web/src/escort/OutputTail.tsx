import { useLayoutEffect, useMemo, useRef } from 'react'
import type { RunView } from '@chaperone/contract'
import { ProblemNote } from '../parts/Notes.tsx'
import { OutputLines } from './OutputLines.tsx'
import { outputText } from './output-text.ts'
import { useOutput } from './use-output.ts'

const mostShown = 20_000

/** The last of what a run put out, as text and nothing more; it follows the end while it runs. */
export function OutputTail(props: { readonly order: string; readonly run: RunView; readonly name: string }) {
  const output = useOutput(props.order, props.run)
  const pieces = useMemo(() => outputText(output.data?.frames ?? []), [output.data])
  const length = pieces.reduce((sum, piece) => sum + piece.text.length, 0)
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = box.current
    if (element !== null) element.scrollTop = element.scrollHeight
  }, [length])
  if (output.error !== null) return <ProblemNote problem={output.error} />
  if (length === 0) {
    const running = output.data?.complete !== true
    return <p className="small dim">{running ? 'No output yet.' : 'It put out nothing.'}</p>
  }
  return (
    <>
      {length > mostShown ? (
        <p className="small dim">The end of it; all of it is under “Output and release”.</p>
      ) : null}
      <div className="code tail" role="region" aria-label={`Output of ${props.name}`} tabIndex={0} ref={box}>
        <OutputLines pieces={lastOf(pieces, mostShown)} />
      </div>
    </>
  )
}

function lastOf<P extends { readonly text: string }>(pieces: readonly P[], most: number): readonly P[] {
  const kept: P[] = []
  let room = most
  for (const piece of pieces.toReversed()) {
    if (room <= 0) break
    kept.unshift({ ...piece, text: piece.text.slice(-room) })
    room -= piece.text.length
  }
  return kept
}
