import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { Me } from '@chaperone/contract'
import { capital } from '../parts/Actions.tsx'
import { formatDuration } from '../parts/format-time.ts'
import { BytesField } from './BytesField.tsx'
import type { DraftProblems } from './check-draft.ts'
import type { DraftStep } from './draft.ts'
import { FilesField } from './FilesField.tsx'
import { StepAnalysis } from './StepAnalysis.tsx'
import type { Told } from './use-draft-analysis.ts'

export interface StepFieldsProps {
  readonly me: Me
  readonly step: DraftStep
  readonly name: string
  readonly problems: DraftProblems
  readonly told: Told | undefined
  readonly change: (parts: Partial<DraftStep>) => void
  readonly first: boolean
  readonly last: boolean
  readonly move: (by: -1 | 1) => void
  readonly remove: () => void
}

export function StepFields(props: StepFieldsProps) {
  const { step, name, change, problems } = props
  const title = `${step.key}-title`
  return (
    <fieldset className="panel step-fields" aria-labelledby={title}>
      <div className="row">
        <h3 id={title} tabIndex={-1} data-focus={step.key}>
          {capital(name)}
        </h3>
        <span className="spring" />
        <Order {...props} />
      </div>
      <Where {...props} />
      <BytesField
        name={name}
        content={step.content}
        problem={problems[`${step.key}.content`]}
        change={(content) => change({ content })}
      />
      <StepAnalysis told={props.told} name={name} />
      <FilesField name={name} files={step.files} change={(files) => change({ files })} />
      <TextInput
        label="Expected output"
        description="What you expect to see when it works."
        value={step.expected}
        error={problems[`${step.key}.expected`]}
        maxLength={4096}
        onChange={(event) => change({ expected: event.currentTarget.value })}
      />
    </fieldset>
  )
}

/** A button at the end of the list stays where it is, so that the focus does. */
function Order({ step, name, first, last, move, remove }: StepFieldsProps) {
  const ways = [
    [-1, 'up', first],
    [1, 'down', last],
  ] as const
  return (
    <>
      {ways.map(([by, way, end]) => (
        <Button
          key={way}
          size="compact-sm"
          variant="default"
          aria-label={`Move ${name} ${way}`}
          aria-disabled={end || undefined}
          {...(end ? { 'data-disabled': true } : {})}
          data-focus={`${step.key} ${by}`}
          onClick={() => (end ? undefined : move(by))}
        >
          {capital(way)}
        </Button>
      ))}
      <Button size="compact-sm" variant="default" aria-label={`Remove ${name}`} onClick={remove}>
        Remove
      </Button>
    </>
  )
}

function Where({ me, step, problems, change }: StepFieldsProps) {
  const target = me.targets.find((candidate) => candidate.target === step.target)
  const choose = (chosen: string) => {
    const next = me.targets.find((candidate) => candidate.target === chosen)
    const account = next?.accounts.includes(step.account) === true ? step.account : (next?.accounts[0] ?? '')
    const interpreter =
      next?.interpreters.find((candidate) => candidate === step.interpreter) ??
      next?.interpreters[0] ??
      'bash'
    change({ target: chosen, account, interpreter })
  }
  return (
    <div className="where">
      <NativeSelect
        label="Target"
        value={step.target}
        error={problems[`${step.key}.target`]}
        onChange={(event) => choose(event.currentTarget.value)}
        data={me.targets.map((candidate) => candidate.target)}
      />
      <NativeSelect
        label="Account"
        value={step.account}
        error={problems[`${step.key}.account`]}
        onChange={(event) => change({ account: event.currentTarget.value })}
        data={target?.accounts ?? []}
      />
      <NativeSelect
        label="Interpreter"
        value={step.interpreter}
        error={problems[`${step.key}.interpreter`]}
        onChange={(event) =>
          change({
            interpreter: target?.interpreters.find((one) => one === event.currentTarget.value) ?? 'bash',
          })
        }
        data={target?.interpreters ?? []}
      />
      <TextInput
        label="Seconds at most"
        inputMode="numeric"
        value={step.seconds}
        error={problems[`${step.key}.seconds`]}
        description={target === undefined ? undefined : `up to ${formatDuration(target.maxSeconds)}`}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        onChange={(event) => change({ seconds: event.currentTarget.value })}
      />
    </div>
  )
}
