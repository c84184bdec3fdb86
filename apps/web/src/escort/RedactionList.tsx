import { Button } from '@mantine/core'
import type { Redaction } from './redaction.ts'

export function RedactionList(props: {
  readonly text: string
  readonly redactions: readonly Redaction[]
  readonly remove: (redaction: Redaction) => void
}) {
  if (props.redactions.length === 0) return null
  return (
    <ul className="plain-list small taken-out-list" aria-label="Taken out">
      {props.redactions.map((redaction) => {
        const { start, end, reason } = redaction
        const line = props.text.slice(0, start).split('\n').length
        return (
          <li key={start}>
            Line {line}, {end - start} characters: {reason}{' '}
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Put back what was taken out of line ${line}`}
              onClick={() => props.remove(redaction)}
            >
              Put back
            </Button>
          </li>
        )
      })}
    </ul>
  )
}
