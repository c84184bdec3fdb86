import { Textarea, TextInput } from '@mantine/core'
import type { FormPart } from './OrderForm.tsx'

/** What the work is for, and when it may happen. */
export function WhyFields({ draft, change, problems }: FormPart) {
  const text = (field: 'purpose' | 'fault' | 'component' | 'mayShow') => ({
    value: draft[field],
    error: problems[field],
    maxLength: 8192,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [field]: event.currentTarget.value }),
  })
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <section className="panel" aria-labelledby="why-title">
      <h2 id="why-title">What and why</h2>
      <TextInput
        label="Purpose"
        description="One sentence that an escort understands."
        required
        {...text('purpose')}
      />
      <div className="two">
        <Textarea
          label="Fault"
          description="What is wrong, and how you know."
          autosize
          minRows={2}
          {...text('fault')}
        />
        <Textarea
          label="What may be shown"
          description="What you need to see of the output, and what should not leave."
          autosize
          minRows={2}
          {...text('mayShow')}
        />
      </div>
      <TextInput
        label="Component"
        description="The service, host or part that is concerned."
        {...text('component')}
      />
      <div className="two">
        <TextInput
          type="datetime-local"
          label="May begin"
          description={`Your time zone: ${zone}`}
          value={draft.opens}
          error={problems['opens']}
          onChange={(event) => change({ opens: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label="Must be over"
          description="At most seven days later."
          value={draft.closes}
          error={problems['closes']}
          onChange={(event) => change({ closes: event.currentTarget.value })}
        />
      </div>
    </section>
  )
}
