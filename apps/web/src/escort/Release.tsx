import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import type { ReleaseDraft, Review, RunView } from '@chaperone/contract'
import { Actions, capital, refusalWords } from '../parts/Actions.tsx'
import { OutcomeBadge } from '../parts/Badges.tsx'
import { stepName, runsToRelease } from './order-progress.ts'
import { openRequestsOf } from './asked-lines.ts'
import { OutputRequests } from './OutputRequests.tsx'
import { Released } from './Released.tsx'
import { RunRelease } from './RunRelease.tsx'
import type { Decisions } from './use-decisions.ts'

type Drafts = Readonly<Record<string, ReleaseDraft>>

/** What of the captured output leaves: all, part or nothing, exactly as previewed here. */
export function Release({ review, decisions }: { readonly review: Review; readonly decisions: Decisions }) {
  const runs = runsToRelease(review)
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set())
  const [drafts, setDrafts] = useState<Drafts>({})
  const chosen = runs.filter((run) => !kept.has(run.run))
  const ready = chosen.flatMap((run) => drafts[run.run] ?? [])
  const keep = (run: string, yes: boolean) =>
    setKept(new Set([...kept].filter((one) => one !== run).concat(yes ? [run] : [])))
  const release = () =>
    void decisions.signing.sign({
      kind: 'release',
      version: review.version,
      releases: ready.filter((draft) => draft.text !== ''),
    })
  return (
    <section className="panel" id="release" aria-labelledby="release-title">
      <h2 id="release-title">Output and release</h2>
      <p>
        {review.technician.name} sees no output before you release it. What you release leaves exactly as
        shown here; what you keep stays here.
      </p>
      <OutputRequests review={review} />
      {runs.map((run) => (
        <RunChoice key={run.run} run={run} review={review} kept={kept.has(run.run)} keep={keep}>
          <RunRelease
            order={review.order}
            run={run}
            name={nameOf(review, run)}
            requests={openRequestsOf(review, run)}
            ready={(draft) => setDrafts((before) => ({ ...before, [run.run]: draft }))}
          />
        </RunChoice>
      ))}
      {runs.length === 0 ? <p className="dim">There is no output that could be released now.</p> : null}
      <Actions
        label="Release"
        actions={[
          {
            label: 'Release output',
            look: 'primary',
            refused:
              refusalWords(review.may.release, { 'run-unknown': 'Nothing has run so far.' }) ??
              notReady(chosen.length, ready),
            act: release,
            busy: decisions.signing.busy,
          },
        ]}
      />
      <Released review={review} />
    </section>
  )
}

function notReady(chosen: number, ready: readonly ReleaseDraft[]): string | undefined {
  if (chosen === 0) return 'Nothing is chosen, so nothing leaves.'
  if (ready.length < chosen) return 'The output is still loading.'
  return ready.every((draft) => draft.text === '') ? 'There is no output to release.' : undefined
}

function nameOf(review: Review, run: RunView): string {
  const version = run.version === review.version ? '' : ` of version ${run.version}`
  return `${stepName(review, run.step)}${version}${run.attempt > 1 ? `, attempt ${run.attempt}` : ''}`
}

function RunChoice(props: {
  readonly review: Review
  readonly run: RunView
  readonly kept: boolean
  readonly keep: (run: string, yes: boolean) => void
  readonly children: React.ReactNode
}) {
  const { run, review } = props
  const name = nameOf(review, run)
  return (
    <div className="stack run-choice">
      <div className="row">
        <Checkbox
          label={`Release the output of ${name}`}
          checked={!props.kept}
          onChange={(event) => props.keep(run.run, !event.currentTarget.checked)}
        />
        {run.outcome === null ? null : <OutcomeBadge outcome={run.outcome} />}
      </div>
      {props.kept ? <p className="dim">{capital(name)} stays here.</p> : props.children}
    </div>
  )
}
