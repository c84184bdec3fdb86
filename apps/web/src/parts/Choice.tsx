import { useId } from 'react'

/** One of a few, as a row of radio buttons. */
export function Choice<V extends string>(props: {
  readonly label: string
  readonly value: V
  readonly onChange: (value: V) => void
  readonly options: readonly (readonly [value: V, text: string])[]
}) {
  const name = useId()
  return (
    <fieldset className="choice">
      <legend>{props.label}</legend>
      {props.options.map(([value, text]) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  )
}
