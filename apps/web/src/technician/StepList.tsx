import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { emptyStep, freeKey, moved, type DraftStep } from './draft.ts'
import type { FormPart } from './OrderForm.tsx'
import { StepFields } from './StepFields.tsx'

const words = {
  steps: {
    title: 'Steps',
    about: 'They run in this order, each only after the one before has succeeded.',
    name: 'step',
    add: 'Add a step',
    most: 64,
  },
  rollback: {
    title: 'Rollback steps',
    about: 'How to undo it. They run only if an escort allows them later.',
    name: 'rollback step',
    add: 'Add a rollback step',
    most: 63,
  },
} as const

/** The ordered steps of one part of the order. */
export function StepList(props: FormPart & { readonly part: 'steps' | 'rollback' }) {
  const { draft, change, part, problems } = props
  const list = draft[part]
  const { title, about, name, add, most } = words[part]
  const set = (steps: readonly DraftStep[]) => change({ [part]: steps })
  const box = useRef<HTMLElement>(null)
  const wanted = useRef<string | undefined>(undefined)
  useEffect(() => {
    // A moved step's button loses the focus with its place, a new step has none yet.
    const id = wanted.current
    wanted.current = undefined
    if (id !== undefined) box.current?.querySelector<HTMLElement>(`[data-focus="${id}"]`)?.focus()
  })
  const thenFocus = (id: string, steps: readonly DraftStep[]) => {
    wanted.current = id
    set(steps)
  }
  const addStep = () => {
    const key = freeKey(draft)
    thenFocus(key, [...list, emptyStep(props.me, key, list.at(-1) ?? draft.steps.at(-1))])
  }
  return (
    <section className="stack" aria-labelledby={`${part}-title`} ref={box}>
      <h2 id={`${part}-title`}>{title}</h2>
      <p className="dim">{about}</p>
      {problems[part] === undefined ? null : <p className="problem">{problems[part]}</p>}
      {list.map((step, i) => (
        <StepFields
          key={step.key}
          me={props.me}
          step={step}
          name={`${name} ${i + 1}`}
          problems={problems}
          told={props.analyses.of.get(step.key)}
          change={(parts) => set(list.with(i, { ...step, ...parts }))}
          first={i === 0}
          last={i === list.length - 1}
          move={(by) => thenFocus(`${step.key} ${by}`, moved(list, i, by))}
          remove={() => thenFocus(list[i - 1]?.key ?? 'add', list.toSpliced(i, 1))}
        />
      ))}
      <div>
        <Button variant="default" data-focus="add" disabled={list.length >= most} onClick={addStep}>
          {add}
        </Button>
      </div>
    </section>
  )
}
