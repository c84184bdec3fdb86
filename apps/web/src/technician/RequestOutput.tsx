import { Button, Group, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { OutputRequest, OutputWish, TechnicianOrder } from '@chaperone/contract'
import { orderChanged, useAct } from '../api/query.ts'
import { capital, refusalWords } from '../parts/Actions.tsx'
import { Choice } from '../parts/Choice.tsx'
import { ProblemNote } from '../parts/Notes.tsx'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { declineMeanings, wishWords } from '../parts/words.ts'
import { stepNameOf } from './step-name.ts'

/** Asks the escort for more of what was captured. The page says the same whatever that was. */
export function RequestOutput({ order }: { readonly order: TechnicianOrder }) {
  return (
    <section className="panel" aria-labelledby="requests-title">
      <h2 id="requests-title">Ask for output</h2>
      <p className="dim">
        Nothing runs again. An escort looks at what was captured, if anything was, and releases it or
        declines.
      </p>
      {order.requests.length === 0 ? null : (
        <ol className="thread" aria-label="What you asked for">
          {order.requests.map((request) => (
            <li key={request.request}>
              <p className="small dim">
                {capital(stepNameOf(order, request.step))}
                {request.version === order.version ? '' : ` of version ${request.version}`}
              </p>
              <p className="prose">
                <VisibleText text={wishWords(request.wish)} />
              </p>
              <p className="answer">{answerWords(request)}</p>
            </li>
          ))}
        </ol>
      )}
      <RequestForm order={order} />
    </section>
  )
}

function answerWords({ answer }: OutputRequest): string {
  if (answer === null) return 'Waits for an escort.'
  return answer === 'released' ? 'Released: see above.' : `Declined: ${declineMeanings[answer]}.`
}

type About = OutputWish['about']

interface Fields {
  readonly step: string
  readonly about: About
  readonly from: number
  readonly to: number
  readonly text: string
}

const kinds: readonly (readonly [About, string])[] = [
  ['lines', 'lines by number'],
  ['containing', 'lines containing a text'],
  ['words', 'something else'],
]

function RequestForm({ order }: { readonly order: TechnicianOrder }) {
  const [fields, setFields] = useState<Fields>({ step: '1', about: 'lines', from: 1, to: 20, text: '' })
  const set = (change: Partial<Fields>) => setFields((before) => ({ ...before, ...change }))
  const ask = useAct('requestOutput', () => {
    orderChanged(order.order)
    set({ text: '' })
  })
  const wish = wishOf(fields)
  const refused = refusalWords(order.may.requestOutput)
  const send = () => {
    if (wish === undefined) return
    const body = { version: order.version, step: Number(fields.step), wish }
    ask.mutate({ params: { order: order.order }, body })
  }
  const steps = order.submission.steps.length + (order.submission.rollback ?? []).length
  return (
    <div className="stack">
      <NativeSelect
        label="Of which step"
        value={fields.step}
        onChange={(event) => set({ step: event.currentTarget.value })}
        data={Array.from({ length: steps }, (_, i) => ({
          value: String(i + 1),
          label: capital(stepNameOf(order, i + 1)),
        }))}
      />
      <Choice
        label="What you want to see"
        value={fields.about}
        onChange={(about) => set({ about })}
        options={kinds}
      />
      <WishFields fields={fields} set={set} />
      {refused === undefined ? null : <p className="reason">{refused}</p>}
      {ask.error === null ? null : <ProblemNote problem={ask.error} />}
      <div>
        <Button onClick={send} loading={ask.isPending} disabled={wish === undefined || refused !== undefined}>
          Ask for it
        </Button>
      </div>
    </div>
  )
}

function wishOf({ about, from, to, text }: Fields): OutputWish | undefined {
  if (about === 'lines') return from >= 1 && from <= to ? { about, from, to } : undefined
  return text.trim() === '' ? undefined : { about, text }
}

function WishFields({
  fields: { about, from, to, text },
  set,
}: {
  readonly fields: Fields
  readonly set: (change: Partial<Fields>) => void
}) {
  if (about === 'lines') {
    const whole = { min: 1, max: 10_000_000, allowDecimal: false, hideControls: true } as const
    return (
      <Group>
        <NumberInput
          {...whole}
          label="From line"
          value={from}
          onChange={(value) => set({ from: Number(value) })}
        />
        <NumberInput {...whole} label="To line" value={to} onChange={(value) => set({ to: Number(value) })} />
      </Group>
    )
  }
  return about === 'containing' ? (
    <TextInput
      label="Exactly this text"
      value={text}
      onChange={(event) => set({ text: event.currentTarget.value })}
      maxLength={256}
    />
  ) : (
    <Textarea
      label="In your words"
      value={text}
      onChange={(event) => set({ text: event.currentTarget.value })}
      autosize
      minRows={2}
      maxLength={8192}
    />
  )
}
