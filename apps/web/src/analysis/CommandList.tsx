import type { Analysis } from '@chaperone/contract'
import { capital } from '../parts/Actions.tsx'
import { VisibleText } from '../parts/VisibleCode.tsx'

import { runsDifferently } from './resolved.ts'

type Command = Analysis['commands'][number]

const mostOpen = 6

/** One sentence for each command, and what really runs where that is not what is typed. */
export function CommandList({ analysis }: { readonly analysis: Analysis }) {
  const commands = analysis.commands.filter((command) => command.explanation !== '' || isResolved(command))
  // One command that reads as it is typed is what the sentence above says.
  if (commands.length === 0 || (commands.length === 1 && !commands.some(isResolved))) return null
  if (commands.length <= mostOpen) return <Commands commands={commands} />
  return (
    <details>
      <summary>Each of its {commands.length} commands</summary>
      <Commands commands={commands} />
    </details>
  )
}

const isResolved = ({ typed, argv }: Command): boolean => runsDifferently(typed, argv)

function Commands({ commands }: { readonly commands: readonly Command[] }) {
  return (
    <ol className="commands">
      {commands.map((command, i) => (
        <li key={i}>
          {command.explanation === '' ? null : <VisibleText text={`${capital(command.explanation)}.`} />}
          {command.via.length === 0 ? null : <span className="dim"> Through {command.via.join(', ')}.</span>}
          {command.layer === 0 ? null : <span className="dim"> In text {command.layer}.</span>}
          {isResolved(command) ? <Resolved command={command} typed={command.typed ?? []} /> : null}
        </li>
      ))}
    </ol>
  )
}

/** As typed and as it runs, one under the other. */
function Resolved({ command, typed }: { readonly command: Command; readonly typed: readonly string[] }) {
  return (
    <dl className="resolved">
      <dt>typed</dt>
      <dd className="mono">
        <VisibleText text={typed.join(' ')} />
      </dd>
      <dt>runs</dt>
      <dd className="mono">
        {command.argv.map((word, i) => (
          <span key={i}>
            {i > 0 ? ' ' : ''}
            {word === null ? <span className="not-known">not known</span> : <VisibleText text={word} />}
          </span>
        ))}
      </dd>
    </dl>
  )
}
