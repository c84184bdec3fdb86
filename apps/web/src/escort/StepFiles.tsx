import { fromBase64 } from '@chaperone/encoding'
import type { ReviewStep } from '@chaperone/contract'
import { formatBytes } from '../parts/format-time.ts'
import { VisibleCode, VisibleText } from '../parts/VisibleCode.tsx'

type StepFile = ReviewStep['files'][number]

export function StepFiles({ step, name }: { readonly step: ReviewStep; readonly name: string }) {
  if (step.files.length === 0) return null
  return (
    <div className="stack">
      <h3>Files that go with it</h3>
      {step.files.map((file) => (
        <FileDetails key={file.name} file={file} name={name} />
      ))}
    </div>
  )
}

function FileDetails({ file, name }: { readonly file: StepFile; readonly name: string }) {
  const runs = file.mode === '0700' || file.mode === '0755'
  return (
    <details>
      <summary>
        <span className="mono">{file.name}</span>{' '}
        <span className="prose">
          <VisibleText text={file.label} />
        </span>
        , {formatBytes(file.length)}, mode {file.mode}
        {runs ? ' (can be run as a program)' : ''}
      </summary>
      <p className="digest">SHA-256 {file.sha256}</p>
      <VisibleCode
        bytes={fromBase64(file.content) ?? new Uint8Array()}
        label={`Content of ${file.name} of ${name}`}
      />
    </details>
  )
}
