import type { CDPSession, Page } from 'playwright-core'

/** A security key of the browser's own making, plugged into one page. */
export interface Authenticator {
  /** Touches that signed something. */
  readonly touches: () => number
  /** Whether the next touches can tell that it is the holder. */
  setVerified(verified: boolean): Promise<void>
}

/** Plugs a CTAP 2.1 authenticator with resident keys and user verification into a page. */
export async function plugAuthenticator(page: Page): Promise<Authenticator> {
  const devtools: CDPSession = await page.context().newCDPSession(page)
  let touches = 0
  devtools.on('WebAuthn.credentialAsserted', () => void touches++)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'usb',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    touches: () => touches,
    async setVerified(isUserVerified) {
      await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
  }
}
