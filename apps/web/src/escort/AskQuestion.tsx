import { Button, Group, Modal, NativeSelect, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Review } from '@chaperone/contract'
import { keyOf, queryClient, useAct } from '../api/query.ts'
import { capital } from '../parts/Actions.tsx'
import { ProblemNote } from '../parts/Notes.tsx'
import { stepName } from './order-progress.ts'

export function AskQuestion(props: {
  readonly review: Review
  readonly step: number
  /** To go on from. */
  readonly text: string
  readonly close: () => void
}) {
  const { review, close } = props
  const { order, version } = review
  const [step, setStep] = useState(String(props.step))
  const [text, setText] = useState(props.text)
  const ask = useAct('askQuestion', (changed) => {
    queryClient.setQueryData(keyOf('review', { params: { order } }), changed)
    close()
  })
  const send = () => ask.mutate({ params: { order }, body: { version, step: Number(step), text } })
  return (
    <Modal opened onClose={close} title="Ask a question" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className="stack">
        <p>
          The technician reads your words exactly as you write them. Nothing can be allowed before the answer.
        </p>
        <NativeSelect
          label="About"
          value={step}
          onChange={(event) => setStep(event.currentTarget.value)}
          data={[
            { value: '0', label: 'The whole order' },
            ...review.steps.map((one) => ({
              value: String(one.step),
              label: capital(stepName(review, one.step)),
            })),
          ]}
        />
        <Textarea
          label="Your question"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          minRows={3}
          autosize
          maxLength={8192}
          data-autofocus
        />
        {ask.error === null ? null : <ProblemNote problem={ask.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button onClick={send} loading={ask.isPending} disabled={text.trim() === ''}>
            Send the question
          </Button>
        </Group>
      </div>
    </Modal>
  )
}
