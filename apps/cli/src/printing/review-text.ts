import { fromBase64 } from '@chaperone/encoding'
import { visible, visibleBytes, visibleText } from '@chaperone/recording'
import type { Review, ReviewStep } from '@chaperone/contract'
import { effectText } from './effect-text.ts'
import { requestText } from './request-text.ts'
import { facts, indent } from './table.ts'
import { levelWords, outcomeWords, phaseWords } from './words.ts'

/** Everything an escort judges by, as text: the same content as the review screen. */
export function reviewText(review: Review): string {
  const { claim, technician } = review
  return [
    `${review.order} version ${review.version}: ${phaseWords[review.phase]}`,
    facts([
      ['technician', `${technician.name} (${technician.person})`],
      ['purpose', review.purpose],
      ['fault', review.fault],
      ['component', review.component],
      ['may show', review.mayShow],
      [
        'declared effects',
        review.steps.some(({ understanding }) => understanding.covered)
          ? 'shown once you have said what the steps do'
          : review.effects.map(({ effect, place }) => `${effect} ${place}`).join(', ') || 'none',
      ],
      ['window', `${review.notBefore} to ${review.notAfter}`],
      ['claimed by', claim === null ? 'nobody' : `${claim.escort.name} until ${claim.until}`],
      ['order digest', review.orderDigest],
    ]),
    ...review.steps.map(stepText),
    ...review.notes.map(
      ({ escort, to, text, at }) =>
        `note by ${escort.name}${to === null ? '' : ` to ${to.name}`}, ${at}, which the technician never sees:\n  ${text}`,
    ),
    ...review.questions.map(
      ({ question, step, text, answer, escort }) =>
        `question ${question} (${step === 0 ? 'whole order' : `step ${step}`}) by ${escort.name}: ${text}\n  ${answer ?? 'not answered yet'}`,
    ),
    ...review.requests.map(requestText),
    runsText(review),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function stepText(step: ReviewStep): string {
  const bytes = visibleText(visibleBytes(fromBase64(step.bytes) ?? new Uint8Array()))
  const { analysis } = step
  return [
    `${step.rollback ? 'rollback step' : 'step'} ${step.step}: ${levelWords[analysis.level]}. ${visibleText(visible(analysis.summary))}`.trimEnd(),
    indent(bytes.trimEnd(), '  | '),
    indent(
      facts([
        ['target', `${step.target} at ${step.address} (${step.regime})`],
        ['host key', step.hostKeys.join(', ')],
        ['runs as', `${step.account}, ${step.interpreter}, at most ${step.maxSeconds} s`],
        ['sha256', step.sha256],
        ['step digest', step.digest],
        ...step.files.map(
          (file) =>
            [
              `file ${file.name}`,
              `${file.label}, mode ${file.mode}, ${file.length} bytes, ${file.sha256}`,
            ] as const,
        ),
        ['expected', step.expected || 'not stated'],
        [
          'people needed',
          `${step.quorum.needed}; allowed by ${step.quorum.allowedBy.map(({ name }) => name).join(', ') || 'nobody yet'}`,
        ],
      ]),
    ),
    ...analysis.findings.map((finding) => ` ! ${finding.message}`),
    ...effectText(step),
  ].join('\n')
}

function runsText({ runs }: Review): string {
  return runs
    .map(
      (run) =>
        `run ${run.run} (step ${run.step}, attempt ${run.attempt}): ${outcomeWords(run)}, ${run.outputBytes} bytes not stored yet`,
    )
    .join('\n')
}
