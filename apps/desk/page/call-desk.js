/** @typedef {import('../src/view.ts').ProblemView} Problem */

/**
 * The answer or the problem; it never throws.
 *
 * @template T
 * @typedef {{ readonly answer: T } | { readonly problem: Problem }} Outcome
 */

/** @type {Problem} */
export const deskUnreachable = {
  code: 'desk-unreachable',
  title: 'The desk cannot be reached',
  advice: 'try again soon',
}

/**
 * @template T
 * @param {string} path
 * @param {object} body
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome<T>>}
 */
export async function callDesk(path, body, signal) {
  return await request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })
}

/** @returns {Promise<Outcome<import('../src/view.ts').SettingsView>>} */
export async function readSettings() {
  return await request('/api/settings', {})
}

/**
 * @template T
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<Outcome<T>>}
 */
async function request(path, options) {
  try {
    const response = await fetch(path, options)
    const body = await response.json()
    return response.ok ? { answer: body } : { problem: body }
  } catch {
    return { problem: deskUnreachable }
  }
}
