import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { RunView } from '@chaperone/contract'
import { ProblemNote } from '../parts/Notes.tsx'
import { OutputLines } from './OutputLines.tsx'
import { lastLines, outputText } from './output-text.ts'
import { useOutput } from './use-output.ts'

const few = 12
const many = 400

/** The last lines of what a run put out, as text and nothing more; they follow the end while it runs. */
export function OutputTail(props: { readonly order: string; readonly run: RunView; readonly name: string }) {
  const output = useOutput(props.order, props.run)
  const [most, setMost] = useState(few)
  const pieces = useMemo(() => outputText(output.data?.frames ?? []), [output.data])
  const shown = useMemo(() => lastLines(pieces, most), [pieces, most])
  if (output.error !== null) return <ProblemNote problem={output.error} />
  if (pieces.length === 0) {
    const running = output.data?.complete !== true
    return <p className="small dim">{running ? 'No output yet.' : 'It put out nothing.'}</p>
  }
  return (
    <>
      <div className="code" role="region" aria-label={`Output of ${props.name}`} tabIndex={0}>
        <OutputLines pieces={shown.pieces} />
      </div>
      {shown.cut ? (
        <div className="row">
          <span className="small dim">
            The last lines. All of it is under “Output and release” when the step has ended.
          </span>
          {most === few ? (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Show more lines of ${props.name}`}
              onClick={() => setMost(many)}
            >
              Show more lines
            </Button>
          ) : null}
        </div>
      ) : null}
    </>
  )
}
