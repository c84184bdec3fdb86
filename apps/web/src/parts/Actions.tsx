import { Button, type ButtonProps } from '@mantine/core'
import { useId } from 'react'
import type { Permission } from '@chaperone/contract'
import { adviceFor, titleFor } from '../api/call.ts'
import { sentence } from './Notes.tsx'

export interface Action {
  readonly label: string
  /** Why not, in words; `undefined` when it can be done. */
  readonly refused: string | undefined
  readonly act: () => void
  readonly look?: 'primary' | 'danger' | 'plain'
  readonly busy?: boolean
}

/** The words for a permission that was not given; `here` has better ones for a code in its place. */
export function refusalWords(
  { permitted, refusal }: Permission,
  here: Readonly<Record<string, string>> = {},
): string | undefined {
  if (permitted) return undefined
  if (refusal === null) return 'This cannot be done now.'
  if (Object.hasOwn(here, refusal.code)) return here[refusal.code]
  return `${titleFor(refusal.code)}: ${adviceFor(refusal.code)}.`
}

/** Buttons that stay in place when refused, with the reason in plain sight; one reason is said once. */
export function Actions({ actions, label }: { readonly actions: readonly Action[]; readonly label: string }) {
  const id = useId()
  const reasons = [...new Set(actions.flatMap(({ refused }) => refused ?? []))]
  const idOf = (reason: string) => `${id}-${reasons.indexOf(reason)}`
  const labelsOf = (reason: string) =>
    actions.filter(({ refused }) => refused === reason).map((action) => action.label.replace(/…$/, ''))
  return (
    <div className="actions" role="group" aria-label={label}>
      <div className="actions-row">
        {actions.map((action) => (
          <ActionButton
            key={action.label}
            action={action}
            reasonId={action.refused && idOf(action.refused)}
          />
        ))}
      </div>
      {reasons.map((reason) => (
        <p className="reason" id={idOf(reason)} key={reason}>
          <strong>{labelsOf(reason).join(', ')}:</strong> {reason}
        </p>
      ))}
    </div>
  )
}

const looks: Record<NonNullable<Action['look']>, ButtonProps> = {
  primary: { variant: 'filled' },
  danger: { variant: 'filled', color: 'red.9' },
  plain: { variant: 'default' },
}

/** Refused buttons keep their place in the tab order, so that the reason can be heard too. */
function ActionButton({
  action,
  reasonId,
}: {
  readonly action: Action
  readonly reasonId: string | undefined
}) {
  const refused = action.refused !== undefined
  return (
    <Button
      {...looks[action.look ?? 'plain']}
      aria-disabled={refused || undefined}
      {...(refused ? { 'data-disabled': true } : {})}
      aria-describedby={reasonId}
      loading={action.busy ?? false}
      onClick={(event) => (refused ? event.preventDefault() : action.act())}
    >
      {action.label}
    </Button>
  )
}

export function capital(text: string): string {
  return sentence(text).slice(0, -1)
}
