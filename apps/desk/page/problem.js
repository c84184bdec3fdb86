import { button, element, facts } from './element.js'
import { showScreen } from './frame.js'

/** @typedef {import('../src/view.ts').ProblemView} Problem */

const known = new Set(['type', 'title', 'status', 'advice', 'instance', 'code', 'handedIn'])

/**
 * A screen for what was refused: what it is, what came of it, what to do.
 *
 * @param {Problem} problem
 * @param {string} consequence
 * @param {() => void} [again]
 */
export function showProblem(problem, consequence, again) {
  showScreen(
    problem.title,
    [
      element(
        'div',
        { class: 'notice bad' },
        element('p', {}, element('strong', {}, consequence)),
        advice(problem),
      ),
      element('details', {}, element('summary', {}, 'For whoever looks into it'), details(problem)),
    ],
    again === undefined ? [] : [element('div', { class: 'act' }, button('Try again', again))],
  )
}

/**
 * @param {Problem} problem
 * @returns {HTMLElement}
 */
export function advice({ advice: text }) {
  return element('p', {}, `${text.charAt(0).toUpperCase()}${text.slice(1)}.`)
}

/** @param {Problem} problem */
function details(problem) {
  const rest = Object.entries(problem).filter(([name]) => !known.has(name))
  return facts(
    ['Code', problem.code],
    ...rest.map(([name, value]) => /** @type {const} */ ([name, String(value)])),
    ['Request', typeof problem['instance'] === 'string' && problem['instance']],
  )
}
