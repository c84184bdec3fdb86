import { element } from './element.js'
import { counted } from './words.js'

/** @typedef {import('../src/view.ts').Shown} Shown */
/** @typedef {import('../src/view.ts').ContentView} Content */

// Blocks of this many lines are laid out only when they come into sight.
const linesInBlock = 200

/**
 * Text with a mark for every invisible character.
 *
 * @param {readonly Shown[]} shown
 * @returns {(Node | string)[]}
 */
export function visible(shown) {
  return shown.map((piece) => (typeof piece === 'string' ? piece : mark(...piece)))
}

/**
 * Free text that may be empty.
 *
 * @param {readonly Shown[]} shown
 */
export function freeText(shown) {
  return shown.length > 0 && element('span', { class: 'free', dir: 'ltr' }, ...visible(shown))
}

/**
 * @param {string} text
 * @param {string} title
 */
function mark(text, title) {
  return element('span', { class: 'mark', role: 'img', 'aria-label': `[${title}]`, title }, text)
}

/**
 * The whole of it, every line numbered: what is wrapped can be told from what is a line of its own.
 *
 * @param {Content} content
 * @param {string} label
 */
export function contentBlock(content, label) {
  const code = element('code', {}, ...blocksOf(content))
  return element(
    'figure',
    {},
    element('div', { class: 'code', role: 'region', 'aria-label': label, tabindex: '0' }, code),
    element(
      'figcaption',
      {},
      sizeInWords(content),
      ' · SHA-256 ',
      element('span', { class: 'digest' }, content.sha256),
    ),
  )
}

/**
 * @param {Content} content
 * @returns {HTMLElement[]}
 */
function blocksOf({ form, shown }) {
  const lines = linesOf(shown)
  const far = lines.length > linesInBlock
  const blocks = []
  for (let at = 0; at < lines.length; at += linesInBlock) {
    const some = lines.slice(at, at + linesInBlock)
    // The rows of a dump have their offsets before them: half a million of them need no element each.
    const rows = form === 'bytes' ? [`${some.join('\n')}\n`] : some.map(lineOf)
    const made = element('span', { class: far ? 'block far' : 'block' }, ...rows)
    made.style.containIntrinsicBlockSize = `auto ${1.5 * some.length}em`
    made.style.counterReset = `line ${at}`
    blocks.push(made)
  }
  return blocks
}

/** @param {readonly Shown[]} line */
function lineOf(line) {
  return element('span', { class: 'line' }, ...visible(line), '\n')
}

/** @param {Content} content */
export function sizeInWords({ form, length, lines }) {
  const size = counted(length, 'byte')
  return form === 'text' ? `${counted(lines, 'line')}, ${size}` : `${size}, not text: shown in hexadecimal`
}

/**
 * @param {readonly Shown[]} shown
 * @returns {Shown[][]}
 */
function linesOf(shown) {
  /** @type {Shown[]} */
  let line = []
  const lines = [line]
  for (const piece of shown) {
    if (typeof piece !== 'string') {
      line.push(piece)
      continue
    }
    const [first = '', ...rest] = piece.split('\n')
    if (first !== '') line.push(first)
    for (const text of rest) lines.push((line = text === '' ? [] : [text]))
  }
  if (line.length === 0) lines.pop()
  return lines
}
