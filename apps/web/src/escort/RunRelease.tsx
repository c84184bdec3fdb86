import { Button, NativeSelect } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { ReleaseDraft, RunView } from '@chaperone/contract'
import { Loading, ProblemNote } from '../parts/Notes.tsx'
import { OutputLines } from './OutputLines.tsx'
import { outputText } from './output-text.ts'
import { addRedaction, piecesOf, redacted, redactEvery, type Redaction } from './redaction.ts'
import { RedactionList } from './RedactionList.tsx'
import { isFull, useOutput } from './use-output.ts'

const reasons = ['secret', 'personal data', 'address or name of a system', 'not needed'] as const

interface RunReleaseProps {
  readonly order: string
  readonly run: RunView
  readonly name: string
  readonly ready: (draft: ReleaseDraft) => void
}

/** The whole output of one run: select what must not leave, and see what does. */
export function RunRelease({ order, run, name, ready }: RunReleaseProps) {
  const output = useOutput(order, run)
  const text = useMemo(() => wholeText(output.data?.frames ?? []), [output.data])
  const [redactions, setRedactions] = useState<readonly Redaction[]>([])
  const complete = output.data?.complete === true
  const last = useRef(ready)
  useEffect(() => {
    last.current = ready
  })
  useEffect(() => {
    if (complete) last.current({ run: run.run, ...redacted(text, redactions) })
  }, [complete, run.run, text, redactions])
  if (output.error !== null) return <ProblemNote problem={output.error} retry={() => void output.refetch()} />
  if (isFull(output.data))
    return (
      <p className="note note-unsure">
        This output is too large to be judged on a screen. Keep it, or ask for a part of it.
      </p>
    )
  if (!complete) return <Loading what={`the output of ${name}`} />
  return (
    <div className="stack">
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

interface RedactProps {
  readonly text: string
  readonly name: string
  readonly redactions: readonly Redaction[]
  readonly change: (redactions: readonly Redaction[]) => void
}

/** A text area that nothing can be typed into has a caret and a selection for mouse and keyboard alike. */
function Redact({ text, name, redactions, change }: RedactProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const [selected, setSelected] = useState<readonly [start: number, end: number]>([0, 0])
  const [reason, setReason] = useState<string>(reasons[0])
  const [look, setLook] = useState<Redaction['look']>('label')
  const [start, end] = selected
  const note = () => {
    const { selectionStart = 0, selectionEnd = 0 } = area.current ?? {}
    setSelected([selectionStart, selectionEnd])
  }
  return (
    <>
      <textarea
        ref={area}
        className="captured"
        readOnly
        value={text}
        rows={Math.min(18, text.split('\n').length + 1)}
        aria-label={`Captured output of ${name}: select what must not leave`}
        spellCheck={false}
        onSelect={note}
      />
      <div className="row redact">
        <NativeSelect
          aria-label={`Why it is taken out of ${name}`}
          size="xs"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data={[...reasons]}
        />
        <NativeSelect
          aria-label={`What stands in its place in ${name}`}
          size="xs"
          value={look}
          onChange={(event) => setLook(event.currentTarget.value === 'blocks' ? 'blocks' : 'label')}
          data={[
            { value: 'label', label: 'say the reason' },
            { value: 'blocks', label: 'blocks of the same width' },
          ]}
        />
        <Button
          size="compact-sm"
          variant="default"
          disabled={start === end}
          onClick={() => change(addRedaction(text, redactions, { start, end, reason, look }))}
        >
          Take out the selection
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={start === end}
          onClick={() => change(redactEvery(text, redactions, text.slice(start, end), { reason, look }))}
        >
          Take out every occurrence
        </Button>
        <span className="small dim" role="status">
          {start === end
            ? 'Select text with the mouse, or with Shift and the arrow keys.'
            : `${end - start} characters selected.`}
        </span>
      </div>
    </>
  )
}

function Preview({ text, name, redactions }: Omit<RedactProps, 'change'>) {
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
