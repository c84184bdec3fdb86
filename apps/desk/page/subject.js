import { contentBlock, freeText, sizeInWords, visible } from './content.js'
import { element, facts } from './element.js'
import { durationInWords, levelInWords, personInWords, seatInWords, timeInWords } from './words.js'

/** @typedef {import('../src/view.ts').SigningView} SigningView */
/** @typedef {import('../src/view.ts').StepView} StepView */

/**
 * Everything that the signature covers, to be read.
 *
 * @param {SigningView['subject']} subject
 * @returns {readonly HTMLElement[]}
 */
export function subjectSections(subject) {
  switch (subject.kind) {
    case 'allow':
    case 'forbid':
      return [orderSection(subject), ...subject.steps.map((step) => stepSection(step, subject.of))]
    case 'release':
      return [recipientSection(subject), ...pieceSections(subject)]
    case 'kill':
      return [section('What is stopped', facts(['Order', id(subject.order)], ['Run', id(subject.run)]))]
    case 'freeze':
      return [
        section('What is frozen', facts(['Order', id(subject.order)], ['Version', `${subject.version}`])),
      ]
  }
}

/**
 * @param {string} title
 * @param {...import('./element.js').Child} content
 */
function section(title, ...content) {
  return element('section', {}, element('h2', {}, title), ...content)
}

/** @param {string} text */
function id(text) {
  return element('span', { class: 'id' }, text)
}

/** @param {import('../src/view.ts').DecisionView} order */
function orderSection(order) {
  const effects = order.effects.map((effect) => element('li', {}, ...visible(effect)))
  return section(
    'The order',
    facts(
      ['Technician', person(order.technician)],
      ['Purpose', freeText(order.purpose)],
      ['Fault', freeText(order.fault)],
      ['Component', freeText(order.component)],
      ['Effects they declare', effects.length > 0 && element('ul', {}, ...effects)],
      ['What they ask to see', freeText(order.mayShow)],
      ['Time window', `${timeInWords(order.notBefore)} to ${timeInWords(order.notAfter)}`],
      ['Order', id(order.order), ` version ${order.version}`],
    ),
  )
}

/** @param {import('../src/view.ts').PersonView} shown */
export function person(shown) {
  return shown.name === null
    ? id(shown.id)
    : element('span', {}, element('bdi', {}, shown.name), ' ', id(shown.id))
}

/**
 * @param {StepView} step
 * @param {number} of
 */
function stepSection(step, of) {
  const name = `Step ${step.index}`
  return element(
    'section',
    { class: step.rollback ? 'step rollback' : 'step' },
    element('h2', {}, `${name} of ${of}`, step.rollback && element('span', { class: 'tag' }, 'Rollback')),
    facts(
      ['Target', element('strong', {}, step.target), ` at ${step.address}, regime ${step.regime}`],
      ['Account', element('strong', {}, step.account)],
      ['Interpreter', step.interpreter],
    ),
    contentBlock(step.content, `${name}: exact bytes`),
    analysisNote(step),
    ...step.files.map((file) => fileBlock(file, name)),
    facts(
      ['Expected output', freeText(step.expected)],
      ['Ended after', durationInWords(step.maxSeconds)],
      ['Attempt', step.attempt > 1 && `${step.attempt}`],
      ['Signatures', seatInWords(step.seat)],
      ['Host key', id(step.hostKey)],
      ['Step digest', id(step.digest)],
    ),
  )
}

/** @param {StepView} step */
function analysisNote({ level, summary }) {
  const { word, look } = levelInWords(level)
  return element(
    'p',
    { class: `analysis ${look}` },
    element('strong', {}, `${word}. `),
    ...(summary.length > 0 ? visible(summary) : ['The analysis says nothing more.']),
  )
}

/**
 * Closed until asked for: files can be long, and a closed one has its size and hash to be seen.
 *
 * @param {StepView['files'][number]} file
 * @param {string} step
 */
function fileBlock({ name, mode, content }, step) {
  const title = element('summary', {}, `File ${name}, mode ${mode}, ${sizeInWords(content)}`)
  const details = element('details', {}, title)
  const fill = () => details.append(contentBlock(content, `${step}, file ${name}: exact bytes`))
  details.addEventListener('toggle', fill, { once: true })
  return details
}

/** @param {import('../src/view.ts').ReleaseView} release */
function recipientSection({ recipient, facts: known }) {
  return section(
    'Who receives it',
    facts(
      ['Recipient', person(recipient)],
      ['Roles', known.roles.join(', ')],
      ['Counts until', known.until === null ? 'not recorded' : timeInWords(known.until)],
      ['Affiliation', freeText(known.affiliation)],
      ['Place', freeText(known.place)],
      ['As known at', timeInWords(known.at), `, roster ${known.roster}`],
    ),
  )
}

/** @param {import('../src/view.ts').ReleaseView} release */
function pieceSections({ pieces }) {
  return pieces.map(({ run, content }, i) => {
    const title =
      pieces.length === 1 ? 'The text that leaves' : `Text ${i + 1} of ${pieces.length} that leaves`
    return section(title, facts(['Output of run', id(run)]), contentBlock(content, title))
  })
}

/** @param {SigningView} view */
export function statementSection({ digest, statement }) {
  return section(
    'The statement you sign',
    element('p', {}, 'The command line shows the same statement, for a second look.'),
    facts(['Digest', id(digest)]),
    element(
      'details',
      {},
      element('summary', {}, 'Show the exact statement'),
      element(
        'div',
        { class: 'code', role: 'region', 'aria-label': 'The exact statement', tabindex: '0' },
        element('code', { class: 'statement' }, statement),
      ),
    ),
  )
}

/** @param {SigningView} view */
export function signerLine({ signer }) {
  return `Signing as ${personInWords(signer)}`
}
