import { utf8 } from '@chaperone/encoding'
import { eventShape, parseStatement, type Event, type EventOf, type Statement } from '@chaperone/domain'
import type { AuditEntry } from '@chaperone/contract'
import { formatBytes } from '../parts/format-time.ts'
import { declineMeanings, outcomeWords } from '../parts/words.ts'

export interface StoryLine {
  readonly words: string
  readonly tone: 'plain' | 'good' | 'bad' | 'unsure' | 'active'
  /** Signed statements in it, as they stand in the log. */
  readonly statements: readonly { readonly text: string; readonly signature: string }[]
}

type NameOf = (person: string) => string

/** An entry of the log in a plain sentence. What it does not know it shows by its type; the JSON stands beside it. */
export function storyLine(entry: Pick<AuditEntry, 'type' | 'event'>, nameOf: NameOf): StoryLine {
  const parsed = eventShape.safeParse(entry.event)
  if (!parsed.success) return line(`Entry of type ${entry.type}`)
  return lineOf(parsed.data, nameOf)
}

function line(
  words: string,
  tone: StoryLine['tone'] = 'plain',
  statements: StoryLine['statements'] = [],
): StoryLine {
  return { words, tone, statements }
}

function lineOf(event: Event, nameOf: NameOf): StoryLine {
  switch (event.type) {
    case 'order-submitted':
      return line(`${nameOf(event.technician)} submitted the order: ${counted(event)}`)
    case 'order-revised':
      return line(`${nameOf(event.technician)} revised it, version ${event.version}: ${counted(event)}`)
    case 'order-withdrawn':
      return line(`${nameOf(event.technician)} withdrew version ${event.version}`, 'unsure')
    case 'order-claimed':
      return line(`${nameOf(event.escort)} claimed it for review, until ${event.until}`)
    case 'claim-returned':
      return line(
        event.to === null
          ? `${nameOf(event.escort)} handed it back`
          : `${nameOf(event.escort)} handed it over to ${nameOf(event.to)}`,
      )
    case 'question-asked':
      return line(
        `${nameOf(event.escort)} asked question ${event.question} about ${about(event.step)}`,
        'unsure',
      )
    case 'question-answered':
      return line(`${nameOf(event.technician)} answered question ${event.question}`)
    case 'output-requested':
      return line(
        `${nameOf(event.technician)} asked for output of step ${event.step} (request ${event.request})`,
        'unsure',
      )
    case 'output-declined':
      return line(
        `${nameOf(event.escort)} declined request ${event.request} for output: ${declineMeanings[event.word]}`,
      )
    default:
      return laterLine(event, nameOf)
  }
}

type Early =
  | 'order-submitted'
  | 'order-revised'
  | 'order-withdrawn'
  | 'order-claimed'
  | 'claim-returned'
  | 'question-asked'
  | 'question-answered'
  | 'output-requested'
  | 'output-declined'

function laterLine(event: Exclude<Event, { type: Early }>, nameOf: NameOf): StoryLine {
  switch (event.type) {
    case 'comprehension-recorded':
      return line(
        `${nameOf(event.escort)} was asked ${asked[event.question]} step ${event.step}: ${answerWords(event)}`,
        event.matched ? 'good' : 'unsure',
      )
    case 'decision-recorded':
    case 'action-signed':
    case 'release-recorded':
      return signedLine(event.statement, nameOf)
    case 'run-intended':
      return line(
        `About to run step ${event.step} on ${event.target}, attempt ${event.attempt}, allowed by ${event.decisions.length} ${event.decisions.length === 1 ? 'person' : 'people'}`,
      )
    case 'run-started':
      return line(`The target said that it started (its clock: ${event.targetTime})`, 'active')
    case 'run-ended': {
      const { name, tone, meaning } = outcomeWords(event.outcome)
      const captured =
        event.recording === null ? 'No output' : `${formatBytes(event.recording.bytes)} of output`
      return line(
        `${name}. ${meaning} ${captured} captured, certificate ${event.serial ?? 'not issued'}`,
        tone,
      )
    }
    case 'kill-requested':
      return line(`${nameOf(event.person)} stopped the step that ran`, 'bad')
    case 'order-frozen':
      return line(`${nameOf(event.person)} stopped the order; an officer was called`, 'bad')
    case 'disclosure-recorded':
      return line(`${nameOf(event.recipient)} was shown ${disclosed(event)}`, 'active')
    case 'erased':
      return line(`${nameOf(event.by)} erased the content of the order`, 'bad')
    default:
      return organisationLine(event, nameOf)
  }
}

type Organisational = Extract<
  Event,
  {
    type:
      | 'roster-adopted'
      | 'stop-ordered'
      | 'stop-lifted'
      | 'enrolment-issued'
      | 'key-collected'
      | 'signed-in'
      | 'log-exported'
      | 'recovered'
  }
>

function organisationLine(event: Organisational, nameOf: NameOf): StoryLine {
  switch (event.type) {
    case 'roster-adopted':
      return line(`Roster ${event.version} came into force`, 'active', event.adoptions)
    case 'stop-ordered':
      return line('A stop was ordered', 'bad', [event.statement])
    case 'stop-lifted':
      return line('A stop was lifted', 'good', event.statements)
    case 'enrolment-issued':
      return line(
        `${event.by === null ? 'The installation' : nameOf(event.by)} issued an enrolment link for ${nameOf(event.person)}`,
      )
    case 'key-collected':
      return line(
        `${nameOf(event.person)} made a key ${event.use === 'decide' ? 'to decide with; it counts once a roster has it' : 'to sign in'}`,
      )
    case 'signed-in':
      return line(`${nameOf(event.person)} signed in`)
    case 'log-exported':
      return line(`${nameOf(event.person)} exported ${event.order === null ? 'the log' : 'the order'}`)
    case 'recovered':
      return line(`Recovered from a backup, epoch ${event.epoch}`, 'bad', event.statements)
  }
}

function counted(event: { readonly steps: readonly unknown[]; readonly rollbackSteps: number }): string {
  const steps = event.steps.length - event.rollbackSteps
  return `${steps} ${steps === 1 ? 'step' : 'steps'}, ${event.rollbackSteps} to roll back`
}

const asked = { 'what-changes': 'what changes in', 'what-is-interrupted': 'what is interrupted by' } as const

function answerWords({ answer, matched }: EventOf<'comprehension-recorded'>): string {
  if (matched) return 'their answer is what the analysis derived'
  const said = answer === 'unknown' ? 'they did not know' : 'their answer is not what the analysis derived'
  return `${said}; it calls a second escort`
}

function about(step: number): string {
  return step === 0 ? 'the whole order' : `step ${step}`
}

const bases = {
  release: 'of released output',
  'rule-escort-question': 'of an escort’s question',
  'rule-handover-note': 'of a handover note',
} as const

function disclosed(event: { readonly length: number; readonly basis: keyof typeof bases }): string {
  return `${formatBytes(event.length)} ${bases[event.basis]}`
}

function signedLine(signed: StoryLine['statements'][number], nameOf: NameOf): StoryLine {
  const parsed = parseStatement(utf8(signed.text))
  if (!parsed.ok) return line('A statement that cannot be read', 'bad', [signed])
  const { words, tone } = statementWords(parsed.value, nameOf)
  return line(words, tone, [signed])
}

function statementWords(statement: Statement, nameOf: NameOf): Pick<StoryLine, 'words' | 'tone'> {
  switch (statement.kind) {
    case 'allow':
    case 'forbid': {
      const steps = statement.steps.map(({ step }) => step.index).join(', ')
      const verb = statement.kind === 'allow' ? 'allowed' : 'forbade'
      return {
        words: `${nameOf(statement.escort)} ${verb} ${statement.steps.length === 1 ? 'step' : 'steps'} ${steps}, with their own key`,
        tone: statement.kind === 'allow' ? 'good' : 'bad',
      }
    }
    case 'release':
      return {
        words: `${nameOf(statement.releaser)} released output of ${statement.releases.length} ${statement.releases.length === 1 ? 'run' : 'runs'} to ${nameOf(statement.recipient)}`,
        tone: 'active',
      }
    case 'kill':
      return { words: `${nameOf(statement.person)} signed that they stopped the step`, tone: 'plain' }
    case 'freeze':
      return { words: `${nameOf(statement.escort)} signed that they stopped the order`, tone: 'plain' }
    default:
      return { words: `A signed statement: ${statement.kind}`, tone: 'plain' }
  }
}
