import type { ReviewStep } from '@chaperone/contract'
import { levelWords } from '../parts/words.ts'
import { capital } from '../parts/Actions.tsx'

type Analysis = ReviewStep['analysis']

const looks: Record<Analysis['level'], string> = {
  routine: '',
  notable: '',
  'high-impact': 'note-unsure',
  stop: 'note-bad',
  opaque: 'note-opaque',
}

/** What the analysis says. It explains and warns; it never decides. */
export function AnalysisPanel({ analysis, name }: { readonly analysis: Analysis; readonly name: string }) {
  return (
    <section className={`note ${looks[analysis.level]}`} aria-label={`Analysis of ${name}`}>
      <p>
        <strong>{levelWords[analysis.level].name}.</strong> {levelWords[analysis.level].meaning}
      </p>
      <p>{capital(analysis.summary)}.</p>
      <Findings analysis={analysis} />
      <Commands analysis={analysis} />
      {analysis.effects.length === 0 ? null : (
        <p className="small">
          <span className="dim">Effects:</span>{' '}
          {analysis.effects.map(({ type, place }, i) => (
            <span key={i}>
              {i > 0 ? '; ' : ''}
              {type.replaceAll('-', ' ')} <span className="mono">{place}</span>
            </span>
          ))}
        </p>
      )}
      <Unknown analysis={analysis} />
      <p className="small dim">
        Explains {analysis.words.explained} of {analysis.words.total} words. {analysis.engine}, knowledge{' '}
        {analysis.knowledge}. It only advises: you decide.
      </p>
    </section>
  )
}

function Findings({ analysis }: { readonly analysis: Analysis }) {
  if (analysis.findings.length === 0) return null
  return (
    <ul className="plain-list">
      {analysis.findings.map((finding, i) => (
        <li key={i}>
          <strong>{levelWords[finding.level].name}:</strong> {capital(finding.message)}.{' '}
          <span className="small dim">({finding.rule})</span>
        </li>
      ))}
    </ul>
  )
}

/** Each command with its resolved words; a word that is not known is a mark. */
function Commands({ analysis }: { readonly analysis: Analysis }) {
  if (analysis.commands.length === 0) return null
  return (
    <ul className="plain-list commands">
      {analysis.commands.map((command, i) => (
        <li key={i}>
          <span className="mono">
            {command.argv.map((word, j) => (
              <span key={j}>
                {j > 0 ? ' ' : ''}
                {word ?? <span className="not-known">not known</span>}
              </span>
            ))}
          </span>
          {typeof command['explanation'] === 'string' ? <span>: {command['explanation']}</span> : null}
        </li>
      ))}
    </ul>
  )
}

function Unknown({ analysis }: { readonly analysis: Analysis }) {
  if (analysis.opaque.length === 0) return null
  return (
    <p className="small">
      <span className="dim">Not known:</span>{' '}
      {analysis.opaque.map(({ reason }) => reason.replaceAll('-', ' ')).join('; ')}
    </p>
  )
}
