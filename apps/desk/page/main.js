import { deskUnreachable, readSettings } from './call-desk.js'
import { element } from './element.js'
import { showEnrolment } from './enrol-screen.js'
import { dressFrame, showScreen } from './frame.js'
import { showProblem } from './problem.js'
import { showSigning } from './sign-screen.js'

const secret = /^[A-Za-z0-9_-]{43}$/

let turn = new AbortController()

/** The window is used again and again: each address ends what the one before it had begun. */
function showAddress() {
  turn.abort()
  turn = new AbortController()
  const { pathname, hash } = location
  const given = hash.slice(1)
  const enrolling = pathname === '/enrol'
  if (given === '') showNothing(enrolling)
  else if (!secret.test(given)) {
    showProblem(
      {
        code: 'request-malformed',
        title: 'This address is not complete',
        advice: 'open it again from where you found it',
      },
      'Nothing was signed.',
    )
  } else if (enrolling) void showEnrolment(given, turn.signal)
  else void showSigning(given, turn.signal)
}

/** @param {boolean} enrolling */
function showNothing(enrolling) {
  if (enrolling) {
    showScreen('No enrolment link', [
      element('p', {}, 'Open the link that an officer made for you. Each link works once.'),
    ])
    return
  }
  const review = element('a', { href: appOrigin }, 'Go to the review')
  showScreen('Nothing to sign', [
    element(
      'p',
      { class: 'lead' },
      'When you allow, forbid or release something in the review, it appears here to be read and signed.',
    ),
    element('p', {}, 'You can leave this window open.'),
    element('p', {}, review),
  ])
}

let appOrigin = '/'

const settings = await readSettings()
if ('answer' in settings) {
  appOrigin = settings.answer.appOrigin
  dressFrame(settings.answer)
  addEventListener('hashchange', showAddress)
  showAddress()
} else {
  showProblem(deskUnreachable, 'Nothing was signed.', () => location.reload())
}
