import { callDesk, deskUnreachable } from './call-desk.js'
import { button, element } from './element.js'
import { say, showScreen } from './frame.js'
import { signWithPasskey } from './passkey.js'
import { advice, showProblem } from './problem.js'
import { signerLine, statementSection, subjectSections } from './subject.js'
import { subjectInWords } from './words.js'

/** @typedef {import('../src/view.ts').SigningView} SigningView */
/** @typedef {import('../src/view.ts').ProblemView} Problem */

const nothingSigned = 'Nothing was signed.'
const mayRetry = ['key-not-yours', 'key-class-unproven', 'too-many-requests', 'gateway-unavailable']

/** @type {Problem} */
const unknown = {
  code: 'handing-in-unknown',
  title: 'Signed, but it is not known whether it was recorded',
  advice: 'look at the review before you sign again',
}

/**
 * What a ticket would sign, one button, one touch.
 *
 * @param {string} ticket
 * @param {AbortSignal} signal aborted when the window turns to something else
 */
export async function showSigning(ticket, signal) {
  showScreen('Checking what is to be signed', [
    element('p', {}, 'The desk fetches it, hashes it again and compares it with its own roster.'),
  ])
  /** @type {import('./call-desk.js').Outcome<SigningView>} */
  const drafted = await callDesk('/api/draft', { ticket }, signal)
  if (signal.aborted) return
  if ('problem' in drafted) {
    showProblem(drafted.problem, nothingSigned, () => void showSigning(ticket, signal))
  } else {
    showView(drafted.answer, ticket, signal)
  }
}

/**
 * @param {SigningView} view
 * @param {string} ticket
 * @param {AbortSignal} signal
 */
function showView(view, ticket, signal) {
  const { title, lead } = subjectInWords(view.subject)
  const notice = element('div', { class: 'notice bad', role: 'alert', hidden: '' })
  const act = button('Sign with my key', () => void sign(view, ticket, { act, notice }, signal))
  showScreen(
    title,
    [
      element('p', { class: 'lead' }, lead),
      ...subjectSections(view.subject),
      statementSection(view),
      element(
        'p',
        { class: 'small' },
        'Names are what the gateway calls people. The ids beside them are what you sign.',
      ),
    ],
    [notice, element('div', { class: 'act' }, element('p', {}, signerLine(view)), act)],
  )
}

/**
 * @param {SigningView} view
 * @param {string} ticket
 * @param {{ readonly act: HTMLButtonElement, readonly notice: HTMLElement }} controls
 * @param {AbortSignal} signal
 */
async function sign(view, ticket, { act, notice }, signal) {
  /** @param {...(Node | string)} text */
  const stay = (...text) => {
    say('')
    notice.replaceChildren(...text)
    notice.hidden = false
    act.disabled = false
    act.focus()
  }
  notice.hidden = true
  act.disabled = true
  say('Touch your key, and enter its PIN or show your finger or face.')
  const touched = await signWithPasskey(view, signal)
  if (signal.aborted) return
  if ('failed' in touched) {
    stay(touched.failed === 'unsupported' ? cannotAsk : cancelled)
    return
  }
  say('Handing it in.')
  const handed = await callDesk('/api/sign', { ticket, assertion: touched.made }, signal)
  if (signal.aborted) return
  if ('answer' in handed) showDone(view)
  else if (mayRetry.includes(handed.problem.code) && handed.problem.handedIn !== true) {
    stay(
      element('p', {}, element('strong', {}, `${handed.problem.title}. ${nothingRecorded}`)),
      advice(handed.problem),
    )
  } else showRefused(handed.problem)
}

const nothingRecorded = 'Nothing was recorded.'
const cancelled = element(
  'p',
  {},
  element('strong', {}, nothingSigned),
  ' The touch was cancelled or came too late, the key could not tell that it was you, or it holds no passkey for this desk. Try again with the key that you enrolled here.',
)
const cannotAsk = element(
  'p',
  {},
  element('strong', {}, nothingSigned),
  ' This browser cannot ask for a passkey. Use a current one, or sign with the command line.',
)

/** @param {Problem} problem */
function showRefused(problem) {
  if (problem === deskUnreachable || problem.code === unknown.code) {
    showProblem(unknown, 'It may or may not have been recorded.')
  } else {
    showProblem(
      problem,
      problem.handedIn === true ? 'The gateway did not record your signature.' : nothingRecorded,
    )
  }
}

/** @param {SigningView} view */
function showDone(view) {
  // The ticket is spent: a reload shall not ask for it again.
  history.replaceState(null, '', location.pathname)
  showScreen('Signed. Recorded.', [
    element('div', { class: 'notice good' }, element('p', {}, subjectInWords(view.subject).done)),
    element('p', {}, 'You can leave this window open; the next statement appears here.'),
  ])
}
