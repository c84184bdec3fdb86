import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useId } from 'react'
import { useClock } from '../parts/clock.tsx'
import type { TimeZoneChoice } from '../parts/format-time.ts'

/** How times and colours are shown; remembered in this browser only. */
export function Preferences() {
  const { choice, choose } = useClock()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <div className="preferences">
      <Select
        label="Times"
        value={choice}
        onChange={(value) => choose(value as TimeZoneChoice)}
        options={[
          ['mine', `mine (${ownZone})`],
          ['target', 'target’s'],
          ['utc', 'UTC'],
        ]}
      />
      {choice === 'target' ? <span className="small">target time zone unknown, shown in UTC</span> : null}
      <span className="spring" />
      <Select
        label="Colours"
        value={colorScheme}
        onChange={(value) => setColorScheme(value as MantineColorScheme)}
        options={[
          ['auto', 'as the system'],
          ['light', 'light'],
          ['dark', 'dark'],
        ]}
      />
    </div>
  )
}

function Select(props: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: readonly (readonly [value: string, text: string])[]
}) {
  const id = useId()
  return (
    <span className="mini-select">
      <label htmlFor={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </span>
  )
}
