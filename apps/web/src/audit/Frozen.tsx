import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { AuditEntry } from '@chaperone/contract'
import { useAnswer } from '../api/query.ts'
import { PhaseBadge } from '../parts/Badges.tsx'
import { Time } from '../parts/clock.tsx'
import { Answer, Empty } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'
import { useNames } from './use-names.ts'

const mostLookedAt = 500

/** Orders that somebody stopped: an officer must look at them. */
export function Frozen() {
  const [before, setBefore] = useState<number | undefined>(undefined)
  const query = { limit: mostLookedAt, ...(before === undefined ? {} : { before }) }
  const log = useAnswer('auditLog', { query })
  return (
    <Page title="Stopped orders">
      <Answer of={log} what="stopped orders">
        {({ entries }) => {
          const oldest = entries.at(-1)?.index ?? 0
          return (
            <>
              <FrozenTable entries={newestOfEach(entries)} />
              <div className="row between">
                <span className="small dim">
                  Found in entries {oldest} to {entries[0]?.index ?? 0} of the log.
                </span>
                <Button variant="default" disabled={oldest === 0} onClick={() => setBefore(oldest)}>
                  Look further back
                </Button>
              </div>
            </>
          )
        }}
      </Answer>
    </Page>
  )
}

function newestOfEach(entries: readonly AuditEntry[]): readonly AuditEntry[] {
  const frozen = entries.filter(({ type, order }) => type === 'order-frozen' && order !== null)
  return frozen.filter((entry, i) => frozen.findIndex(({ order }) => order === entry.order) === i)
}

function FrozenTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  if (entries.length === 0) {
    return (
      <Empty title="Nobody stopped an order here">
        <p>When an escort forbids an order or says “I allowed wrongly”, it appears here.</p>
      </Empty>
    )
  }
  return (
    <div className="table-scroll" role="region" aria-label="Stopped orders" tabIndex={0}>
      <table className="table stacked">
        <thead>
          <tr>
            <th scope="col">Order</th>
            <th scope="col">State now</th>
            <th scope="col">Stopped by</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <FrozenRow key={entry.index} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function FrozenRow({ entry }: { readonly entry: AuditEntry }) {
  const nameOf = useNames()
  const order = entry.order ?? ''
  const review = useAnswer('review', { params: { order } })
  const { person } = entry.event
  return (
    <tr>
      <th scope="row">
        <Link href={`/review/${order}`}>{review.data?.purpose ?? order}</Link>
        <div className="small dim mono">{order}</div>
      </th>
      <td data-label="State now">
        {review.data === undefined ? '…' : <PhaseBadge phase={review.data.phase} />}
      </td>
      <td data-label="Stopped by">{typeof person === 'string' ? nameOf(person) : 'not told'}</td>
      <td data-label="When" className="nowrap">
        <Time at={entry.at} seconds />
      </td>
    </tr>
  )
}
