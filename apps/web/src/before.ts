import { config } from 'zod'

/**
 * Must be the first import: what it sets has to stand before any other module runs.
 * - zod probes `new Function` while schemas are made, which the content security policy reports; `jitless` does not.
 * - libraries that make `<style>` elements know nothing of nonces; every such element gets the page's.
 */
config({ jitless: true })

export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? ''

const createElement = document.createElement.bind(document)

function withNonce(name: string, options?: ElementCreationOptions): HTMLElement {
  const element = createElement(name, options)
  if (element instanceof HTMLStyleElement) element.nonce = styleNonce
  return element
}

document.createElement = withNonce as typeof document.createElement // the overloads differ only in the type returned
