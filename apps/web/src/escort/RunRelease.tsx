import { Button } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { OutputRequest, ReleaseDraft, RunView } from '@chaperone/contract'
import { Loading, ProblemNote } from '../parts/Notes.tsx'
import { takenOutUnasked } from './asked-lines.ts'
import { OutputLines } from './OutputLines.tsx'
import { outputText } from './output-text.ts'
import { Redact } from './Redact.tsx'
import { piecesOf, redacted, type Redaction } from './redaction.ts'
import { RedactionList } from './RedactionList.tsx'
import { isFull, useOutput } from './use-output.ts'

interface RunReleaseProps {
  readonly order: string
  readonly run: RunView
  readonly name: string
  /** What waits for an answer about this step. */
  readonly requests: readonly OutputRequest[]
  readonly ready: (draft: ReleaseDraft) => void
}

/** The whole output of one run: select what must not leave, and see what does. */
export function RunRelease(props: RunReleaseProps) {
  const { order, run, name } = props
  const output = useOutput(order, run)
  const text = useMemo(() => wholeText(output.data?.frames ?? []), [output.data])
  if (output.error !== null) return <ProblemNote problem={output.error} retry={() => void output.refetch()} />
  if (isFull(output.data))
    return (
      <p className="note note-unsure">
        This output is too large to be judged on a screen. Keep it, or ask for a part of it.
      </p>
    )
  if (output.data?.complete !== true) return <Loading what={`the output of ${name}`} />
  return <RunText {...props} text={text} />
}

function RunText({ run, name, requests, ready, text }: RunReleaseProps & { readonly text: string }) {
  const [redactions, setRedactions] = useState(() => takenOutUnasked(text, requests))
  const asked = takenOutUnasked(text, requests)
  const last = useRef(ready)
  useEffect(() => {
    last.current = ready
  })
  useEffect(() => last.current({ run: run.run, ...redacted(text, redactions) }), [run.run, text, redactions])
  if (text === '') return <p className="small dim">It put out nothing.</p>
  return (
    <div className="stack">
      {asked.length === 0 ? null : (
        <div>
          <Button size="compact-sm" variant="default" onClick={() => setRedactions(asked)}>
            Take out all of {name} but what was asked for
          </Button>
        </div>
      )}
      <Redact text={text} name={name} redactions={redactions} change={setRedactions} />
      <RedactionList
        text={text}
        redactions={redactions}
        remove={(gone) => setRedactions(redactions.filter((one) => one !== gone))}
      />
      <Preview text={text} name={name} redactions={redactions} />
    </div>
  )
}

function wholeText(frames: Parameters<typeof outputText>[0]): string {
  return outputText(frames)
    .map((piece) => piece.text)
    .join('')
}

function Preview(props: {
  readonly text: string
  readonly name: string
  readonly redactions: readonly Redaction[]
}) {
  const { text, name, redactions } = props
  if (redactions.length === 0) {
    return <p className="small">Nothing is taken out: it leaves exactly as shown above.</p>
  }
  return (
    <>
      <h3>Exactly this leaves</h3>
      <div className="code tail" role="region" aria-label={`What leaves of ${name}`} tabIndex={0}>
        <OutputLines
          pieces={piecesOf(text, redactions).map((piece) => ({
            stream: piece.redacted ? 'taken-out' : 'kept',
            text: piece.text,
          }))}
        />
      </div>
    </>
  )
}
