import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { FormPart } from './OrderForm.tsx'
import { effectsToDeclare } from './draft-analysis.ts'
import { effectTypes } from './effect-types.ts'

type Declared = FormPart['draft']['effects'] & {}

const mostEffects = 64

/** What the technician says that the steps change or read; the analysis is compared with it. */
export function EffectsField({ draft, change, analyses }: FormPart) {
  const effects: Declared = draft.effects ?? []
  const found = effectsToDeclare([...analyses.of.values()].map(({ analysis }) => analysis)).slice(
    0,
    mostEffects - effects.length,
  )
  const replace = (index: number, parts: Partial<Declared[number]>) =>
    change({ effects: effects.map((effect, i) => (i === index ? { ...effect, ...parts } : effect)) })
  return (
    <section className="panel" aria-labelledby="effects-title">
      <h2 id="effects-title">What it does</h2>
      <p className="dim">
        Declare what your steps read and change. What the analysis finds beyond it is shown to the escort
        first.
      </p>
      {effects.map(({ effect, place }, i) => (
        <div className="effect-row" key={i}>
          <NativeSelect
            aria-label={`Effect ${i + 1}`}
            value={effect}
            onChange={(event) => replace(i, { effect: event.currentTarget.value })}
            data={effectTypes.map((value) => ({ value, label: value.replaceAll('-', ' ') }))}
          />
          <TextInput
            aria-label={`Place of effect ${i + 1}`}
            placeholder="file, folder, service, address"
            value={place}
            maxLength={512}
            onChange={(event) => replace(i, { place: event.currentTarget.value })}
          />
          <Button
            variant="default"
            aria-label={`Remove effect ${i + 1}`}
            onClick={() => change({ effects: effects.toSpliced(i, 1) })}
          >
            Remove
          </Button>
        </div>
      ))}
      {found.length === 0 ? null : <Found found={found} />}
      <div className="row">
        {found.length === 0 ? null : (
          <Button variant="default" onClick={() => change({ effects: [...effects, ...found] })}>
            Declare what the analysis found ({found.length})
          </Button>
        )}
        <Button
          variant="default"
          disabled={effects.length >= mostEffects}
          onClick={() => change({ effects: [...effects, { effect: 'read-file', place: '' }] })}
        >
          Declare an effect
        </Button>
      </div>
    </section>
  )
}

/** What the steps would do beyond what is declared. */
function Found({
  found,
}: {
  readonly found: readonly { readonly effect: string; readonly place: string }[]
}) {
  return (
    <div className="note note-unsure">
      <p>Found in your steps and not declared:</p>
      <ul className="plain-list">
        {found.map(({ effect, place }) => (
          <li key={`${effect} ${place}`}>
            {effect.replaceAll('-', ' ')} <span className="mono">{place}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
