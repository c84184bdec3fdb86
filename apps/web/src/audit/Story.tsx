import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { exportPath, type AuditEntry } from '@chaperone/contract'
import { useAnswer } from '../api/query.ts'
import { Time } from '../parts/clock.tsx'
import { Answer, Empty } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'
import { EventJson } from './Log.tsx'
import { SignedText } from './SignedText.tsx'
import { storyLine } from './story-words.ts'
import { useNames } from './use-names.ts'

/** Everything that happened to one order, from its submission on. */
export function Story({ order }: { readonly order: string }) {
  const log = useAnswer('auditLog', { query: { order } })
  const aside = (
    <span className="row no-print">
      <Button variant="default" component={Link} href={`/review/${order}`}>
        Open the order
      </Button>
      <Button component="a" href={`${exportPath}?order=${encodeURIComponent(order)}`} download>
        Export this order
      </Button>
    </span>
  )
  return (
    <Page title={`Story of ${order}`} aside={aside}>
      <p className="dim">
        The export holds these entries with their proofs. Anyone can check it with{' '}
        <code>chaperone verify EXPORT --root ROOT</code>, without us. Exporting is recorded.
      </p>
      <Answer of={log} what="the story">
        {({ entries }) =>
          entries.length === 0 ? (
            <Empty title="The log has nothing about this order" />
          ) : (
            <ol className="story">
              {entries.toReversed().map((entry) => (
                <Chapter key={entry.index} entry={entry} />
              ))}
            </ol>
          )
        }
      </Answer>
    </Page>
  )
}

function Chapter({ entry }: { readonly entry: AuditEntry }) {
  const nameOf = useNames()
  const { words, tone, statements } = storyLine(entry, nameOf)
  return (
    <li className={`story-${tone}`}>
      <p className="small dim">
        <Time at={entry.at} seconds /> · entry {entry.index} · {entry.type}
      </p>
      <p className={tone === 'good' || tone === 'bad' ? 'strong' : undefined}>{words}.</p>
      {statements.map((statement) => (
        <SignedText key={statement.signature} statement={statement} />
      ))}
      <details className="no-print">
        <summary className="small">Event</summary>
        <EventJson entry={entry} />
      </details>
    </li>
  )
}
