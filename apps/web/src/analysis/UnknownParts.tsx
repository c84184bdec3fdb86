import { Button } from '@mantine/core'
import { capital } from '../parts/Actions.tsx'
import { VisibleText } from '../parts/VisibleCode.tsx'
import type { PanelProps } from './AnalysisPanel.tsx'

const most = 6

/** What is not known, and what would make it known. */
export function UnknownParts({ analysis, ask }: Pick<PanelProps, 'analysis' | 'ask'>) {
  const parts = [...new Map(analysis.unknown.map((part) => [part.what, part])).values()]
  if (parts.length === 0) return null
  return (
    <div>
      <p className="strong">Cannot be known from here</p>
      <ul className="plain-list">
        {parts.slice(0, most).map(({ what, remedy }) => (
          <li key={what}>
            <VisibleText text={capital(what)} />. <span className="dim">What would help: {remedy}.</span>{' '}
            {ask === undefined ? null : (
              <Button size="compact-xs" variant="default" onClick={() => ask(questionAbout(what))}>
                Ask about it
              </Button>
            )}
          </li>
        ))}
      </ul>
      {parts.length > most ? (
        <p className="small">And {parts.length - most} more, marked in the text.</p>
      ) : null}
    </div>
  )
}

/** To go on from: it is sent only as the escort leaves it. */
export function questionAbout(what: string): string {
  return `I cannot tell from the text: ${what}. Can you show it, or write the step so that it can be told?`
}
