import { Button, NativeSelect } from '@mantine/core'
import { useRef, useState } from 'react'
import { addRedaction, redactEvery, type Redaction } from './redaction.ts'

const reasons = ['secret', 'personal data', 'address or name of a system', 'not needed'] as const

/** A text area that nothing can be typed into has a caret and a selection for mouse and keyboard alike. */
export function Redact(props: {
  readonly text: string
  readonly name: string
  readonly redactions: readonly Redaction[]
  readonly change: (redactions: readonly Redaction[]) => void
}) {
  const { text, name, redactions, change } = props
  const area = useRef<HTMLTextAreaElement>(null)
  const [hint, setHint] = useState('Select text with the mouse, or with Shift and the arrow keys.')
  const [reason, setReason] = useState<string>(reasons[0])
  const [look, setLook] = useState<Redaction['look']>('label')
  const takeOut = (every: boolean) => {
    const { selectionStart: start = 0, selectionEnd: end = 0 } = area.current ?? {}
    if (start === end) return setHint('Nothing is selected: select what must not leave first.')
    const next = every
      ? redactEvery(text, redactions, text.slice(start, end), { reason, look })
      : addRedaction(text, redactions, { start, end, reason, look })
    change(next)
    setHint(`${next.length} ${next.length === 1 ? 'place is' : 'places are'} taken out.`)
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
      />
      <div className="row">
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
        <TakeOut words="Take out the selection" name={name} act={() => takeOut(false)} />
        <TakeOut words="Take out every occurrence" name={name} act={() => takeOut(true)} />
        <span className="small dim" role="status">
          {hint}
        </span>
      </div>
    </>
  )
}

function TakeOut(props: { readonly words: string; readonly name: string; readonly act: () => void }) {
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={`${props.words} in ${props.name}`}
      onClick={props.act}
    >
      {props.words}
    </Button>
  )
}
