import { callDesk } from './call-desk.js'
import { button, element, facts } from './element.js'
import { say, showScreen } from './frame.js'
import { makePasskey } from './passkey.js'
import { advice, showProblem } from './problem.js'
import { person } from './subject.js'
import { personInWords } from './words.js'

/** @typedef {import('../src/view.ts').EnrolmentView} EnrolmentView */

/**
 * Makes a deciding key and shows its fingerprint.
 *
 * @param {string} token
 * @param {AbortSignal} signal
 */
export async function showEnrolment(token, signal) {
  showScreen('Looking up the enrolment link', [])
  /** @type {import('./call-desk.js').Outcome<EnrolmentView>} */
  const found = await callDesk('/api/enrolment', { token }, signal)
  if (signal.aborted) return
  if ('problem' in found) {
    showProblem(found.problem, 'No key was made.', () => void showEnrolment(token, signal))
    return
  }
  const notice = element('div', { class: 'notice bad', role: 'alert', hidden: '' })
  const act = button('Make my key', () => void enrol(found.answer, token, { act, notice }, signal))
  showScreen(
    'Make the key you will sign with',
    [
      element(
        'p',
        { class: 'lead' },
        'This key signs what you allow, forbid and release. It is apart from the one you sign in with.',
      ),
      facts(['For', person(found.answer.person)]),
      element(
        'p',
        {},
        'Have your security key or this device’s own lock ready. It asks for a PIN, a fingerprint or your face each time you sign.',
      ),
    ],
    [notice, element('div', { class: 'act' }, element('p', {}, personInWords(found.answer.person)), act)],
  )
}

/**
 * @param {EnrolmentView} view
 * @param {string} token
 * @param {{ readonly act: HTMLButtonElement, readonly notice: HTMLElement }} controls
 * @param {AbortSignal} signal
 */
async function enrol({ options }, token, { act, notice }, signal) {
  act.disabled = true
  notice.hidden = true
  say('Touch your key, and enter its PIN or show your finger or face.')
  const touched = await makePasskey(options, signal)
  if (signal.aborted) return
  if ('failed' in touched) {
    say('')
    notice.replaceChildren(
      element('p', {}, element('strong', {}, 'No key was made.'), ` ${failures[touched.failed]}`),
    )
    notice.hidden = false
    act.disabled = false
    act.focus()
    return
  }
  /** @type {import('./call-desk.js').Outcome<{ readonly fingerprint: string }>} */
  const kept = await callDesk('/api/enrolment/key', { token, response: touched.made }, signal)
  if (signal.aborted) return
  if ('answer' in kept) showFingerprint(kept.answer.fingerprint)
  else showRefused(kept.problem, token, signal)
}

const failures = {
  cancelled:
    'The touch was cancelled or came too late, or this key cannot tell that it is you. Try again, with another key if need be.',
  exists: 'This device holds such a key already. Use another one.',
  unsupported: 'This browser cannot make a passkey. Use a current one.',
  superseded: '',
}

/**
 * @param {import('../src/view.ts').ProblemView} problem
 * @param {string} token
 * @param {AbortSignal} signal
 */
function showRefused(problem, token, signal) {
  const { fingerprint } = problem
  if (typeof fingerprint !== 'string') {
    showProblem(problem, 'The key does not count.', () => void showEnrolment(token, signal))
    return
  }
  showScreen(problem.title, [element('div', { class: 'notice bad' }, advice(problem)), large(fingerprint)])
}

/** @param {string} fingerprint */
function showFingerprint(fingerprint) {
  history.replaceState(null, '', location.pathname)
  showScreen('Your key was made', [
    element('p', { class: 'lead' }, 'It does not count yet. Keep this window open.'),
    large(fingerprint),
    element(
      'ol',
      {},
      element(
        'li',
        {},
        'Show this screen to a second person. They compare the fingerprint, letter by letter, with the one they see, and sign that they did.',
      ),
      element('li', {}, 'Two officers then adopt the key. From that moment on it counts.'),
    ),
  ])
}

/** @param {string} fingerprint */
function large(fingerprint) {
  const groups = fingerprint.replace(/^SHA256:/, '').match(/.{1,8}/g) ?? []
  const parts = groups.map((group) => element('span', {}, group))
  return element(
    'p',
    { class: 'fingerprint' },
    element('span', { class: 'unseen' }, 'Fingerprint '),
    element('span', {}, 'SHA256:'),
    ...parts,
  )
}
