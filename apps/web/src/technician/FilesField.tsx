import { Button, FileButton, NativeSelect } from '@mantine/core'
import { toBase64 } from '@chaperone/encoding'
import { formatBytes } from '../parts/format-time.ts'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { sizeOf, type DraftStep } from './draft.ts'

type StepFile = DraftStep['files'][number]

const modes = [
  { value: '0600', label: '0600: only the account reads it' },
  { value: '0644', label: '0644: everybody reads it' },
  { value: '0700', label: '0700: only the account runs it' },
  { value: '0755', label: '0755: everybody runs it' },
] as const

const most = 16

/** Files that go to the target with the step; there they are called f1, f2, … */
export function FilesField(props: {
  readonly name: string
  readonly files: readonly StepFile[]
  readonly change: (files: StepFile[]) => void
}) {
  const { name, files, change } = props
  const add = (chosen: readonly File[]) =>
    void Promise.all(chosen.map(read)).then((more) => change([...files, ...more].slice(0, most)))
  return (
    <div className="stack">
      {files.map((file, i) => (
        <div className="row" key={i}>
          <span className="mono">f{i + 1}</span>
          <span>
            <VisibleText text={file.label} />
          </span>
          <span className="small dim">{formatBytes(sizeOf(file.content))}</span>
          <NativeSelect
            size="xs"
            aria-label={`Mode of f${i + 1} of ${name}`}
            value={file.mode}
            data={[...modes]}
            onChange={(event) => {
              const mode = modes.find(({ value }) => value === event.currentTarget.value)?.value
              if (mode !== undefined) change([...files].with(i, { ...file, mode }))
            }}
          />
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Remove f${i + 1} of ${name}`}
            onClick={() => change(files.toSpliced(i, 1))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div className="row">
        <FileButton multiple onChange={add}>
          {(button) => (
            <Button
              {...button}
              size="compact-sm"
              variant="default"
              disabled={files.length >= most}
              aria-label={`Add files to ${name}`}
            >
              Add files
            </Button>
          )}
        </FileButton>
        <span className="small dim">Up to {most}; a step and its files may have 8 MiB.</span>
      </div>
    </div>
  )
}

async function read(file: File): Promise<StepFile> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return { label: file.name.slice(0, 255), mode: '0600', content: toBase64(bytes) }
}
