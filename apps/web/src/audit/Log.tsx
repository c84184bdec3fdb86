import { Button, NativeSelect, TextInput } from '@mantine/core'
import { Link, useSearchParams } from 'wouter'
import { isId } from '@chaperone/encoding'
import { eventShape } from '@chaperone/domain'
import type { AuditEntry } from '@chaperone/contract'
import { useAnswer } from '../api/query.ts'
import { Time } from '../parts/clock.tsx'
import { Answer, Empty } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'
import { storyLine } from './story-words.ts'
import { useNames } from './use-names.ts'

const eventTypes = eventShape.options.map((option) => option.shape.type.value)

/** Entries of the log, newest first. */
export function Log() {
  const [search, setSearch] = useSearchParams()
  const asked = {
    order: search.get('order') ?? '',
    type: search.get('type') ?? '',
    before: search.get('before'),
  }
  const order = isId('order', asked.order) ? asked.order : undefined
  const before = asked.before === null ? undefined : Number(asked.before)
  const limit = asked.type === '' ? 100 : 500
  const query = order === undefined ? { limit, ...(before === undefined ? {} : { before }) } : { order }
  const log = useAnswer('auditLog', { query })
  const change = (parts: Record<string, string>) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old)
        for (const [name, value] of Object.entries(parts)) {
          if (value === '') next.delete(name)
          else next.set(name, value)
        }
        return next
      },
      { replace: true },
    )
  return (
    <Page title="Log" wide>
      <div className="filters">
        <TextInput
          label="Order"
          placeholder="wo-…"
          value={asked.order}
          error={asked.order !== '' && order === undefined ? 'not an order yet' : undefined}
          onChange={(event) => change({ order: event.currentTarget.value.trim(), before: '' })}
        />
        <NativeSelect
          label="Type"
          value={asked.type}
          onChange={(event) => change({ type: event.currentTarget.value })}
          data={[
            { value: '', label: 'all' },
            ...eventTypes.map((value) => ({ value, label: value.replaceAll('-', ' ') })),
          ]}
        />
        {order === undefined ? null : <Link href={`/log/${order}`}>Read this order’s story</Link>}
      </div>
      <Answer of={log} what="the log">
        {({ size, entries }) => (
          <>
            <Entries entries={entries.filter(({ type }) => asked.type === '' || type === asked.type)} />
            {order === undefined ? (
              <Paging size={size} entries={entries} go={(next) => change({ before: next })} before={before} />
            ) : null}
          </>
        )}
      </Answer>
    </Page>
  )
}

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const nameOf = useNames()
  if (entries.length === 0) return <Empty title="No such entries here" />
  return (
    <div className="table-scroll" role="region" aria-label="Entries of the log" tabIndex={0}>
      <table className="table stacked log">
        <thead>
          <tr>
            <th scope="col">Entry</th>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Order</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.index}>
              <td className="mono" data-label="Entry">
                {entry.index}
              </td>
              <td className="nowrap" data-label="When">
                <Time at={entry.at} seconds />
              </td>
              <td>
                {storyLine(entry, nameOf).words}
                <details>
                  <summary className="small">{entry.type}</summary>
                  <EventJson entry={entry} />
                </details>
              </td>
              <td className="mono" data-label="Order">
                {entry.order === null ? '–' : <Link href={`/log/${entry.order}`}>{entry.order}</Link>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The event as it stands in the log. */
export function EventJson({ entry }: { readonly entry: AuditEntry }) {
  return (
    <div className="code" role="region" aria-label={`Event of entry ${entry.index}`} tabIndex={0}>
      <pre>{JSON.stringify(entry.event, null, 2)}</pre>
    </div>
  )
}

function Paging(props: {
  readonly size: number
  readonly entries: readonly AuditEntry[]
  readonly before: number | undefined
  readonly go: (before: string) => void
}) {
  const oldest = props.entries.at(-1)?.index ?? 0
  return (
    <div className="row between">
      <span className="small dim">
        {props.size} entries in the log
        {props.entries.length === 0 ? '' : `, ${oldest} to ${props.entries[0]?.index ?? 0} looked at`}.
      </span>
      <span className="row">
        <Button variant="default" disabled={props.before === undefined} onClick={() => props.go('')}>
          Newest
        </Button>
        <Button variant="default" disabled={oldest === 0} onClick={() => props.go(String(oldest))}>
          Older
        </Button>
      </span>
    </div>
  )
}
