import type { Analysis } from '@chaperone/contract'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { groupEffects } from './group-effects.ts'

/** What it reads, changes, sends and runs, each with its place. */
export function EffectGroups({ analysis }: { readonly analysis: Analysis }) {
  const groups = groupEffects(analysis)
  if (groups.length === 0) return null
  return (
    <dl className="facts effect-groups">
      {groups.map(({ name, effects, left }) => (
        <div className="effect-group" key={name}>
          <dt>{name}</dt>
          <dd>
            {effects.map(({ type, place, undeclared }) => (
              <div key={`${type} ${place}`}>
                {type.replaceAll('-', ' ')}{' '}
                <span className="mono">
                  <VisibleText text={place} />
                </span>
                {undeclared ? <span className="badge tone-unsure undeclared">not declared</span> : null}
              </div>
            ))}
            {left > 0 ? <div className="dim">and {left} more</div> : null}
          </dd>
        </div>
      ))}
    </dl>
  )
}
