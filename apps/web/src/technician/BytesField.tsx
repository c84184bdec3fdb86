import { Button, FileButton, Textarea } from '@mantine/core'
import { useId, useMemo } from 'react'
import { toBase64 } from '@chaperone/encoding'
import { visibleBytes } from '@chaperone/recording'
import { formatBytes } from '../parts/format-time.ts'
import { VisibleCode } from '../parts/VisibleCode.tsx'
import { bytesOf, contentOf, type Content } from './draft.ts'

const mostToType = 200_000

/** The commands as they are sent, byte for byte. */
export function BytesField(props: {
  readonly name: string
  readonly content: Content
  readonly problem: string | undefined
  readonly change: (content: Content) => void
}) {
  const { name, content, problem, change } = props
  const label = `Exact commands of ${name}`
  const id = useId()
  const bytes = useMemo(() => bytesOf(content), [content])
  const hidden = useMemo(() => visibleBytes(bytes).filter(({ kind }) => kind === 'mark').length, [bytes])
  const load = (file: File | null) =>
    void file?.arrayBuffer().then((loaded) => change(contentOf(toBase64(new Uint8Array(loaded)))))
  return (
    <div className="stack bytes-field">
      {content.kind === 'text' && bytes.length <= mostToType ? (
        <Textarea
          label={label}
          value={content.text}
          error={problem}
          onChange={(event) => change({ kind: 'text', text: event.currentTarget.value })}
          autosize
          minRows={3}
          maxRows={20}
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          aria-describedby={id}
          classNames={{ input: 'typed' }}
        />
      ) : (
        <>
          <p className="strong">{label}</p>
          <VisibleCode bytes={bytes} label={label} />
          {problem === undefined ? null : <p className="problem">{problem}</p>}
        </>
      )}
      <div className="row" id={id}>
        <span className="small">{describe(bytes, hidden)}</span>
        <span className="spring" />
        <FileButton onChange={load}>
          {(button) => (
            <Button
              {...button}
              size="compact-sm"
              variant="default"
              aria-label={`Load from a file into ${name}`}
            >
              Load from a file
            </Button>
          )}
        </FileButton>
        {content.kind === 'text' ? null : (
          <Button size="compact-sm" variant="default" onClick={() => change({ kind: 'text', text: '' })}>
            Type them instead
          </Button>
        )}
      </div>
      {hidden > 0 && content.kind === 'text' && bytes.length <= mostToType ? (
        <VisibleCode bytes={bytes} label={`${name} with invisible characters shown`} />
      ) : null}
    </div>
  )
}

function describe(bytes: Uint8Array, hidden: number): string {
  if (bytes.length === 0) return 'Sent exactly as typed.'
  const end = bytes.at(-1) === 0x0a ? 'ends with a newline' : 'no newline at the end'
  const marks = hidden === 0 ? '' : `, ${hidden} invisible ${hidden === 1 ? 'character' : 'characters'}`
  return `${formatBytes(bytes.length)}, ${end}${marks}. Sent exactly like this.`
}
