import { Button } from '@mantine/core'
import { useRef, useState, type FormEvent } from 'react'
import type { Me, Problem, Submission } from '@chaperone/contract'
import { ProblemNote } from '../parts/Notes.tsx'
import { checkDraft, type DraftProblems } from './check-draft.ts'
import type { Draft } from './draft.ts'
import { EffectsField } from './EffectsField.tsx'
import { StepList } from './StepList.tsx'
import { useDraft } from './use-draft.ts'
import { useDraftAnalysis, type DraftAnalyses } from './use-draft-analysis.ts'
import { WhyFields } from './WhyFields.tsx'

/** What every part of the form gets. */
export interface FormPart {
  readonly me: Me
  readonly draft: Draft
  readonly change: (parts: Partial<Draft>) => void
  readonly problems: DraftProblems
  readonly analyses: DraftAnalyses
}

/** A whole work order as a form; nothing leaves this page before it is submitted. */
export function OrderForm(props: {
  readonly me: Me
  readonly name: string
  readonly begin: () => Draft
  readonly submitLabel: string
  readonly busy: boolean
  readonly problem: Problem | null
  readonly submit: (submission: Submission) => void
}) {
  const { draft, change, kept } = useDraft(props.name, props.begin)
  const [tried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const checked = checkDraft(draft, props.me)
  const problems = tried && !checked.ok ? checked.error : {}
  const send = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (checked.ok) return props.submit(checked.value)
    // The fields are marked once this render is done.
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }
  const analyses = useDraftAnalysis(draft)
  const part: FormPart = { me: props.me, draft, change, problems, analyses }
  const wrong = Object.keys(problems).length
  return (
    <form className="order-form" onSubmit={send} noValidate ref={form}>
      <WhyFields {...part} />
      <EffectsField {...part} />
      <StepList {...part} part="steps" />
      <StepList {...part} part="rollback" />
      {props.problem === null ? null : <ProblemNote problem={props.problem} />}
      <div className="form-end">
        <p role="status" className={wrong > 0 ? 'problem' : 'dim'}>
          {wrong > 0
            ? `${wrong} ${wrong === 1 ? 'field needs' : 'fields need'} correction.`
            : 'An escort reads it, may ask you, and decides. You see no output before they release it.'}
        </p>
        {kept ? null : (
          <p className="note note-unsure">
            This draft is too large to be kept: it is lost if you leave the page.
          </p>
        )}
        <Button type="submit" size="md" loading={props.busy}>
          {props.submitLabel}
        </Button>
      </div>
    </form>
  )
}
