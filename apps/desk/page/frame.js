import { element } from './element.js'

/** @typedef {import('./element.js').Child} Child */

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no #${id}`)
  return found
}

/**
 * Replaces what is on the screen and puts the focus on its heading, so that a keyboard or a screen reader starts there.
 *
 * @param {string} title
 * @param {readonly Child[]} content
 * @param {readonly Child[]} [actions]
 */
export function showScreen(title, content, actions = []) {
  const heading = element('h1', { tabindex: '-1' }, title)
  const shown = content.filter((child) => child !== false && child !== undefined)
  part('screen').replaceChildren(heading, ...shown)
  part('actions').replaceChildren(...actions.filter((child) => child !== false && child !== undefined))
  document.title = `${title} · Signing desk`
  say('')
  scrollTo(0, 0)
  heading.focus({ preventScroll: true })
}

/**
 * Says something without moving the focus.
 *
 * @param {string} text
 */
export function say(text) {
  part('said').textContent = text
}

/** @param {import('../src/view.ts').SettingsView} settings */
export function dressFrame({ organisation, banner }) {
  part('organisation').textContent = organisation
  part('address').textContent = location.host
  for (const place of document.querySelectorAll('.banner')) {
    if (!(place instanceof HTMLElement)) continue
    place.textContent = banner.text
    place.style.backgroundColor = banner.colour
    place.style.color = readableOn(banner.colour)
  }
}

/**
 * Black or white, whichever has more contrast (WCAG relative luminance).
 *
 * @param {string} colour `#rrggbb`
 */
function readableOn(colour) {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff'
}
