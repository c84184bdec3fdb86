import { Button } from '@mantine/core'
import type { AnswerOf, Me } from '@chaperone/contract'
import { useAct, useAnswer } from '../api/query.ts'
import { Time } from '../parts/clock.tsx'
import { Answer, ProblemNote } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'

type Person = AnswerOf<'people'>[number]

/** People of the roster in force, with their keys. */
export function People({ me }: { readonly me: Me }) {
  const people = useAnswer('people', {})
  return (
    <Page title="People" wide>
      <p className="dim">
        A key that was collected counts for nothing until two officers adopt a roster with it. Compare its
        fingerprint with the holder, in person or over a line that you trust.
      </p>
      <Answer of={people} what="the people">
        {(data) => (
          <div className="table-scroll" role="region" aria-label="People" tabIndex={0}>
            <table className="table stacked">
              <thead>
                <tr>
                  {['Name', 'Roles', 'Until', 'Keys that decide', 'Enrolment'].map((title) => (
                    <th scope="col" key={title}>
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {data.map((person) => (
                  <PersonRow key={person.person} person={person} me={me} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answer>
    </Page>
  )
}

function PersonRow({ person, me }: { readonly person: Person; readonly me: Me }) {
  return (
    <tr>
      <th scope="row">
        {person.name}
        <div className="small dim mono">{person.person}</div>
      </th>
      <td data-label="Roles">{person.roles.join(', ')}</td>
      <td data-label="Until" className="nowrap">
        <Time at={person.until} />
      </td>
      <td data-label="Keys that decide">
        {person.adoptedKeys.map((key) => (
          <div key={key}>
            <span className="badge tone-good">Adopted</span> <span className="digest">{key}</span>
          </div>
        ))}
        {person.pendingKeys.map(({ key, class: kind, origins }) => (
          <div key={key}>
            <span className="badge tone-unsure">Pending</span> <span className="digest">{key}</span>{' '}
            <span className="small dim">
              {kind}
              {origins.length === 0 ? '' : ` for ${origins.join(', ')}`}
            </span>
          </div>
        ))}
        {person.adoptedKeys.length + person.pendingKeys.length === 0 ? (
          <span className="dim">none</span>
        ) : null}
      </td>
      <td data-label="Enrolment">
        <IssueLink person={person} me={me} />
      </td>
    </tr>
  )
}

/** The link is shown once and kept nowhere. */
function IssueLink({ person, me }: { readonly person: Person; readonly me: Me }) {
  const issue = useAct('issueEnrolment')
  if (!me.roles.includes('officer')) return <span className="dim">officers only</span>
  if (person.person === me.person) return <span className="dim">another officer must do it for you</span>
  if (issue.data !== undefined) {
    return (
      <div role="status">
        <p className="small">
          Give this to {person.name} only. It works once, until <Time at={issue.data.expires} />, and is not
          shown again.
        </p>
        <p className="digest">{issue.data.url}</p>
      </div>
    )
  }
  return (
    <>
      {issue.error === null ? null : <ProblemNote problem={issue.error} />}
      <Button
        size="compact-sm"
        variant="default"
        loading={issue.isPending}
        aria-label={`Issue a link to enrol for ${person.name}`}
        onClick={() => issue.mutate({ params: { person: person.person } })}
      >
        Issue a link
      </Button>
    </>
  )
}
