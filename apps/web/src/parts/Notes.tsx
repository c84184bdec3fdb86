import { Alert, Button, Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Problem } from '@chaperone/contract'
import { adviceFor } from '../api/call.ts'

/** What went wrong, what can be done, and what to tell an operator. */
export function ProblemNote({ problem, retry }: { readonly problem: Problem; readonly retry?: () => void }) {
  return (
    <Alert role="alert" className="note note-problem" variant="default" title={problem.title}>
      <p>{sentence(adviceFor(problem.code))}</p>
      <Facts problem={problem} />
      <p className="dim small">
        Code <code>{problem.code}</code>
        {problem.instance === undefined ? null : (
          <>
            , request <code>{problem.instance}</code>
          </>
        )}
      </p>
      {retry === undefined ? null : (
        <Button variant="default" onClick={retry}>
          Ask again
        </Button>
      )}
    </Alert>
  )
}

const standard = new Set(['type', 'title', 'status', 'code', 'instance'])

/** The facts of a refusal, such as the step or the field it names. */
function Facts({ problem }: { readonly problem: Problem }) {
  const facts = Object.entries(problem).filter(
    ([name, value]) =>
      !standard.has(name) && ['string', 'number', 'boolean'].includes(typeof value) && value !== '',
  )
  if (facts.length === 0) return null
  return (
    <p className="small">
      {facts.map(([name, value], i) => (
        <span key={name}>
          {i > 0 ? ', ' : ''}
          {name} <code>{String(value)}</code>
        </span>
      ))}
    </p>
  )
}

export function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="state" role="status">
      <Loader size="sm" aria-hidden="true" />
      <p>Loading {what}…</p>
    </div>
  )
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children}
    </div>
  )
}

interface Asked<T> {
  readonly data: T | undefined
  readonly error: Problem | null
  readonly refetch: () => unknown
}

/** The answer of a query, or what stands in its place. Old data stays while a problem is shown above it. */
export function Answer<T>(props: {
  readonly of: Asked<T>
  readonly what: string
  readonly children: (data: T) => ReactNode
}) {
  const { data, error, refetch } = props.of
  return (
    <>
      {error === null ? null : <ProblemNote problem={error} retry={() => void refetch()} />}
      {data !== undefined ? props.children(data) : error === null ? <Loading what={props.what} /> : null}
    </>
  )
}
