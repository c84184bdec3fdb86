import { Button, Group, Modal, NativeSelect, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Me, Review } from '@chaperone/contract'
import { keyOf, queryClient, useAct, useAnswer } from '../api/query.ts'
import { ProblemNote } from '../parts/Notes.tsx'

/** Gives the claim back to everybody, or to one colleague, with a note between escorts. */
export function HandBack(props: { readonly me: Me; readonly review: Review; readonly close: () => void }) {
  const { close } = props
  const { order } = props.review
  const people = useAnswer('people', {})
  const [to, setTo] = useState('')
  const [note, setNote] = useState('')
  const handBack = useAct('returnOrder', (changed) => {
    queryClient.setQueryData(keyOf('review', { params: { order } }), changed)
    close()
  })
  const colleagues = (people.data ?? []).filter(
    ({ person, roles }) => roles.includes('escort') && person !== props.me.person,
  )
  return (
    <Modal opened onClose={close} title="Hand back or hand over" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className="stack">
        <p>You will not hold this order any more. What you have allowed stays allowed.</p>
        <NativeSelect
          label="To"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          data={[
            { value: '', label: 'Nobody: back to the inbox' },
            ...colleagues.map(({ person, name }) => ({ value: person, label: name })),
          ]}
          data-autofocus
        />
        <Textarea
          label="Note for the next escort"
          description="The technician does not see it."
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          minRows={2}
          autosize
          maxLength={8192}
        />
        {handBack.error === null ? null : <ProblemNote problem={handBack.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            loading={handBack.isPending}
            onClick={() => handBack.mutate({ params: { order }, body: { to: to === '' ? null : to, note } })}
          >
            {to === '' ? 'Hand back' : 'Hand over'}
          </Button>
        </Group>
      </div>
    </Modal>
  )
}
