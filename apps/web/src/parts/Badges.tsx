import { levelWords, outcomeWords, phaseWords, type Level, type Phase } from './words.ts'
import type { RunView } from '@chaperone/contract'

/** Each level has a word, a symbol and a look; none is told by colour alone. */
export function LevelBadge({ level }: { readonly level: Level }) {
  const words = levelWords[level]
  return (
    <span className={`badge level-${level}`} title={words.meaning}>
      <span className="symbol" data-symbol={words.symbol} />
      {words.name}
    </span>
  )
}

const tones: Partial<Record<Phase, string>> = {
  running: 'tone-active',
  done: 'tone-good',
  forbidden: 'tone-bad',
  frozen: 'tone-bad',
  halted: 'tone-unsure',
  'question-open': 'tone-unsure',
}

export function PhaseBadge({ phase }: { readonly phase: Phase }) {
  return <span className={`badge ${tones[phase] ?? 'tone-plain'}`}>{phaseWords[phase].name}</span>
}

export function OutcomeBadge({ outcome }: { readonly outcome: NonNullable<RunView['outcome']> }) {
  const { name, tone } = outcomeWords(outcome)
  return <span className={`badge tone-${tone}`}>{name}</span>
}
