/** The browser's part: one touch for a signature, one for a new key. */

/**
 * @template T
 * @typedef {{ readonly made: T } | { readonly failed: 'cancelled' | 'superseded' | 'unsupported' | 'exists' }} Touch
 */

// Long enough to fetch a key from a pocket, short enough that a forgotten window asks again.
const patience = 120_000

/**
 * @param {import('../src/view.ts').SigningView} view
 * @param {AbortSignal} signal
 * @returns {Promise<Touch<import('../src/view.ts').AssertionView>>}
 */
export async function signWithPasskey({ challenge, rpId }, signal) {
  return await touch(async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
      challenge,
      rpId,
      userVerification: 'required',
      timeout: patience,
    })
    const { response } = passkey(await navigator.credentials.get({ publicKey, signal }))
    if (!(response instanceof AuthenticatorAssertionResponse)) throw new TypeError('not an assertion')
    return {
      authenticatorData: base64Url(response.authenticatorData),
      clientData: base64Url(response.clientDataJSON),
      signature: base64Url(response.signature),
    }
  })
}

/**
 * @param {object} options
 * @param {AbortSignal} signal
 * @returns {Promise<Touch<object>>}
 */
export async function makePasskey(options, signal) {
  return await touch(async () => {
    const json = /** @type {PublicKeyCredentialCreationOptionsJSON} */ (options)
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json)
    return passkey(await navigator.credentials.create({ publicKey, signal })).toJSON()
  })
}

/** @param {Credential | null} credential */
function passkey(credential) {
  if (!(credential instanceof PublicKeyCredential)) throw new TypeError('not a passkey')
  return credential
}

/**
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<Touch<T>>}
 */
async function touch(ask) {
  if (!('PublicKeyCredential' in globalThis)) return { failed: 'unsupported' }
  try {
    return { made: await ask() }
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (name === 'AbortError') return { failed: 'superseded' }
    if (name === 'InvalidStateError') return { failed: 'exists' }
    // Browsers say the same for "cancelled", "too late" and "no such key here", so that pages learn nothing.
    return { failed: name === 'NotAllowedError' ? 'cancelled' : 'unsupported' }
  }
}

/** @param {ArrayBuffer} buffer */
function base64Url(buffer) {
  const text = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
