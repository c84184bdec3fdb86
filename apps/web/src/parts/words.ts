import type { DeclineWord, OrderSummary, OutputRequest, RunView } from '@chaperone/contract'

export type Phase = OrderSummary['phase']
export type MustAct = OrderSummary['mustAct']
export type Level = OrderSummary['level']

interface PhaseWords {
  readonly name: string
  readonly meaning: string
}

/** The fixed words for an order's state; they depend on nothing that a command put out. */
export const phaseWords: Readonly<Record<Phase, PhaseWords>> = {
  'waiting-for-escort': { name: 'Waiting for an escort', meaning: 'Nobody reviews it yet.' },
  'in-review': { name: 'In review', meaning: 'An escort is reading it.' },
  'question-open': {
    name: 'Question open',
    meaning: 'An escort asked something; nothing goes on before the answer.',
  },
  'waiting-for-second-escort': {
    name: 'Waiting for a second escort',
    meaning: 'One person allowed it; another must decide as well.',
  },
  'waiting-for-window': {
    name: 'Waiting for its window',
    meaning: 'It is allowed and starts when its time comes.',
  },
  running: { name: 'Running', meaning: 'It is allowed; steps run in their order.' },
  halted: { name: 'Halted', meaning: 'A step did not end as planned; an escort decides how it goes on.' },
  done: { name: 'Done', meaning: 'Every step has run.' },
  forbidden: { name: 'Forbidden', meaning: 'An escort decided against it. It can be revised.' },
  withdrawn: { name: 'Withdrawn', meaning: 'The technician took it back.' },
  frozen: { name: 'Frozen', meaning: 'An officer must look at it before anything else happens.' },
  expired: { name: 'Expired', meaning: 'Its window closed. Revise it to ask for a new one.' },
}

export const mustActWords: Readonly<Record<MustAct, string>> = {
  escort: 'an escort',
  technician: 'the technician',
  officer: 'an officer',
  time: 'nobody; it waits for its time',
  target: 'nobody; it is running',
  nobody: 'nobody; it is over',
}

/** Why an escort did not release what was asked for. */
export const declineMeanings: Readonly<Record<DeclineWord, string>> = {
  'may-not-be-shown': 'it may not be shown',
  'too-broad': 'it asks for too much; ask for less',
  unclear: 'it is not clear what is asked for; ask in other words',
}

/** What the technician asked to see. */
export function wishWords(wish: OutputRequest['wish']): string {
  switch (wish?.about) {
    case 'lines':
      return wish.from === wish.to ? `line ${wish.from}` : `lines ${wish.from} to ${wish.to}`
    case 'containing':
      return `lines containing “${wish.text}”`
    case 'words':
      return wish.text
    case undefined:
      return '[erased]'
  }
}

interface LevelWords {
  readonly name: string
  readonly meaning: string
  readonly symbol: string
}

export const levelWords: Readonly<Record<Level, LevelWords>> = {
  routine: {
    name: 'Routine',
    symbol: '○',
    meaning: 'Understood; it looks, or changes nothing that matters.',
  },
  notable: { name: 'Notable', symbol: '◐', meaning: 'Understood; worth a look.' },
  'high-impact': {
    name: 'High impact',
    symbol: '▲',
    meaning: 'Understood; a change that administrators make with care.',
  },
  stop: { name: 'Danger', symbol: '■', meaning: 'Its effects together are what an attacker would need.' },
  opaque: {
    name: 'Cannot be known',
    symbol: '?',
    meaning:
      'Some part cannot be known from the text. That is not an accusation: it means you have to read it yourself.',
  },
}

/** From here up each step is confirmed singly. */
export function needsConfirmation(level: Level): boolean {
  return level === 'high-impact' || level === 'stop' || level === 'opaque'
}

type Outcome = NonNullable<RunView['outcome']>

export interface OutcomeWords {
  readonly tone: 'good' | 'bad' | 'unsure'
  readonly name: string
  readonly meaning: string
}

export function outcomeWords(outcome: Outcome): OutcomeWords {
  switch (outcome.result) {
    case 'succeeded':
      return { tone: 'good', name: 'Succeeded', meaning: 'It ended with exit code 0.' }
    case 'failed':
      return {
        tone: 'bad',
        name:
          outcome.exit === null
            ? `Failed (signal ${outcome.signal ?? 'not told'})`
            : `Failed (exit ${outcome.exit})`,
        meaning: 'The command itself ended with an error.',
      }
    case 'killed':
      return {
        tone: 'bad',
        name: outcome.confirmed ? 'Killed (confirmed)' : 'Killed (unconfirmed)',
        meaning: killedMeaning(outcome),
      }
    case 'unknown':
      return {
        tone: 'unsure',
        name: 'Unknown',
        meaning: `Nobody can say whether it ran to its end (${inWords(outcome.reason)}). It may have changed everything, something or nothing. It is never tried again by itself and never counted as failed: look at the target before you allow anything more.`,
      }
    case 'not-started':
      return {
        tone: 'unsure',
        name: 'Not started',
        meaning: `Nothing of it ran: ${inWords(outcome.reason)}.`,
      }
  }
}

const killReasons = {
  asked: 'Somebody asked for the kill.',
  deadline: 'Its maximum duration was over.',
  lifeline: 'The connection that keeps it alive ended.',
} as const

function killedMeaning(outcome: Extract<Outcome, { result: 'killed' }>): string {
  const survivors =
    outcome.survivors === 0
      ? 'no process of it was left'
      : `${outcome.survivors} ${outcome.survivors === 1 ? 'process is' : 'processes are'} still there`
  const seen = outcome.confirmed
    ? `The target reported that ${survivors}.`
    : `Not confirmed by the target: ${survivors} as far as is known.`
  return `${killReasons[outcome.reason]} ${seen}`
}

/** A reason code as words. */
function inWords(code: string): string {
  return code.replaceAll('-', ' ')
}
