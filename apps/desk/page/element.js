/** @typedef {Node | string | false | undefined} Child */

/**
 * Makes an element. Everything that is shown is text: nothing here reads markup.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Readonly<Record<string, string>>} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children.filter((child) => child !== false && child !== undefined))
  return made
}

/**
 * @param {string} label
 * @param {() => void} act
 * @returns {HTMLButtonElement}
 */
export function button(label, act) {
  const made = element('button', { type: 'button' }, label)
  made.addEventListener('click', act)
  return made
}

/**
 * Names with their values; a row without a value is left out.
 *
 * @param {...(readonly [name: string, ...value: Child[]])} rows
 */
export function facts(...rows) {
  const given = rows.filter(([, ...value]) => value.some((child) => child !== undefined && child !== false))
  return element(
    'dl',
    {},
    ...given.map(([name, ...value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, ...value)),
    ),
  )
}
