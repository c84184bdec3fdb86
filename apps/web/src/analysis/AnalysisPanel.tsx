import type { Analysis } from '@chaperone/contract'
import { capital } from '../parts/Actions.tsx'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { levelWords } from '../parts/words.ts'
import { CommandList } from './CommandList.tsx'
import { EffectGroups } from './EffectGroups.tsx'
import { Layers } from './Layers.tsx'
import { UnknownParts } from './UnknownParts.tsx'

const looks: Record<Analysis['level'], string> = {
  routine: '',
  notable: '',
  'high-impact': 'note-unsure',
  stop: 'note-bad',
  opaque: 'note-opaque',
}

export interface PanelProps {
  readonly analysis: Analysis
  readonly name: string
  /** Asks the technician with these words; `undefined` for who may not. */
  readonly ask: ((text: string) => void) | undefined
}

/** What the analysis says, the whole in one sentence first. It explains and warns; it never decides. */
export function AnalysisPanel({ analysis, name, ask }: PanelProps) {
  const { level, summary, words, engine, knowledge } = analysis
  return (
    <section className={`note analysis ${looks[level]}`} aria-label={`Analysis of ${name}`}>
      {summary === '' ? null : <p className="sentence">{ended(capital(summary))}</p>}
      <p className="small">
        <strong>{levelWords[level].name}.</strong> {levelWords[level].meaning}
      </p>
      <Findings analysis={analysis} />
      <UnknownParts analysis={analysis} ask={ask} />
      <EffectGroups analysis={analysis} />
      <CommandList analysis={analysis} />
      <Layers analysis={analysis} />
      <p className="small dim">
        Explains {words.explained} of {words.total} words. {engine}, knowledge {knowledge}. It only advises:
        you decide.
      </p>
    </section>
  )
}

const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`)

function Findings({ analysis }: { readonly analysis: Analysis }) {
  const said = analysis.summary.toLowerCase()
  // A danger that the sentence above tells already is not told twice.
  const findings = analysis.findings.filter(({ message }) => !said.includes(message.toLowerCase()))
  if (findings.length === 0) return null
  return (
    <ul className="plain-list">
      {findings.map((finding, i) => (
        <li key={i}>
          <strong>{levelWords[finding.level].name}:</strong>{' '}
          <VisibleText text={ended(capital(finding.message))} />{' '}
          <span className="small dim">({finding.rule})</span>
        </li>
      ))}
    </ul>
  )
}
