import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { utf8 } from '@chaperone/encoding'
import type { TechnicianOrder } from '@chaperone/contract'
import { useAct } from '../api/query.ts'
import { capital } from '../parts/Actions.tsx'
import { Time } from '../parts/clock.tsx'
import { formatBytes } from '../parts/format-time.ts'
import { Loading, ProblemNote } from '../parts/Notes.tsx'
import { VisibleCode } from '../parts/VisibleCode.tsx'
import { stepNameOf } from './step-name.ts'

type Piece = TechnicianOrder['releases'][number]

/** What an escort released; it is fetched only when it is read, and every reading is recorded. */
export function ReleasedText({ order }: { readonly order: TechnicianOrder }) {
  return (
    <section className="panel" aria-labelledby="released-title">
      <h2 id="released-title">Released to you</h2>
      {order.releases.length === 0 ? (
        <p className="dim">Nothing so far. Output stays with the escort until they release it.</p>
      ) : (
        <>
          <p className="dim">
            Each time you read a piece, that is recorded: what, when, and that it was you.
          </p>
          {order.releases.map((piece) => (
            <ReleasedPiece key={`${piece.release} ${piece.run}`} order={order} piece={piece} />
          ))}
        </>
      )}
    </section>
  )
}

function ReleasedPiece({ order, piece }: { readonly order: TechnicianOrder; readonly piece: Piece }) {
  const read = useAct('readRelease')
  const name = piece.step === 0 ? 'a former run' : stepNameOf(order, piece.step)
  const ask = () =>
    read.mutate({ params: { order: order.order, release: piece.release }, body: { run: piece.run } })
  return (
    <div className="stack run">
      <div className="row">
        <h3>{capital(name)}</h3>
        <span className="small dim">{formatBytes(piece.length)}</span>
        <span className="spring" />
        {read.data === undefined ? (
          <Button size="compact-sm" onClick={ask} disabled={read.isPending}>
            Read the output of {name}
          </Button>
        ) : (
          <span className="small dim">
            Reading recorded <Time at={read.data.disclosedAt} seconds />
          </span>
        )}
      </div>
      {read.isPending ? <Loading what="the released text" /> : null}
      {read.error === null ? null : <ProblemNote problem={read.error} />}
      {read.data === undefined ? null : <Text text={read.data.text} label={`Released output of ${name}`} />}
    </div>
  )
}

function Text({ text, label }: { readonly text: string; readonly label: string }) {
  const bytes = useMemo(() => utf8(text), [text])
  return <VisibleCode bytes={bytes} label={label} />
}
