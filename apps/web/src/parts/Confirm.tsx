import { Button, Group, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Problem } from '@chaperone/contract'
import { ProblemNote } from './Notes.tsx'

/** Asks before something that cannot be taken back, in words that say what it does. */
export function Confirm(props: {
  readonly opened: boolean
  readonly title: string
  readonly yes: string
  readonly busy: boolean
  readonly problem: Problem | null
  readonly onYes: () => void
  readonly onNo: () => void
  readonly children: ReactNode
}) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onNo}
      title={props.title}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="stack">
        {props.children}
        {props.problem === null ? null : <ProblemNote problem={props.problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onNo} data-autofocus>
            Cancel
          </Button>
          <Button color="red.9" loading={props.busy} onClick={props.onYes}>
            {props.yes}
          </Button>
        </Group>
      </div>
    </Modal>
  )
}
