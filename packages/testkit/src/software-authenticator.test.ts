import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { toBase64Url } from '@chaperone/encoding'
import { softwareAuthenticator } from './software-authenticator.ts'

/** What the contract asks of: our authenticator, and a browser's. */
interface Passkeys {
  create(options: PublicKeyCredentialCreationOptionsJSON): Promise<RegistrationResponseJSON>
  get(options: PublicKeyCredentialRequestOptionsJSON): Promise<AuthenticationResponseJSON>
}

/** Registers a passkey and signs in with it twice, checked by the server's library. */
async function registerAndSignIn(passkeys: Passkeys, origin: string, rpId: string) {
  const creation = await generateRegistrationOptions({
    rpName: 'Chaperone',
    rpID: rpId,
    userName: 'p-ada00001',
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: [-7],
  })
  const registered = await verifyRegistrationResponse({
    response: await passkeys.create(creation),
    expectedChallenge: creation.challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: [-7],
  })
  expect(registered.verified).toBe(true)
  const credential = { ...registered.registrationInfo!.credential } // verified above
  for (let i = 0; i < 2; i++) {
    const request = await generateAuthenticationOptions({ rpID: rpId, userVerification: 'required' })
    const signedIn = await verifyAuthenticationResponse({
      response: await passkeys.get(request),
      expectedChallenge: request.challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      credential,
    })
    expect(signedIn.verified).toBe(true)
    credential.counter = signedIn.authenticationInfo.newCounter
  }
  return credential
}

const origin = 'http://sign.localhost:8401'
const rpId = 'sign.localhost'

test('the software authenticator registers and signs in', async () => {
  const authenticator = softwareAuthenticator()
  const credential = await registerAndSignIn(
    {
      create: (options) => Promise.resolve(authenticator.create(options, origin)),
      get: (options) => Promise.resolve(authenticator.get(options, origin)),
    },
    origin,
    rpId,
  )
  expect(credential.counter).toBe(2)
})

test('a browser with a virtual authenticator passes the same checks', async () => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>passkeys</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
  try {
    const page = await browser.newPage()
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'usb',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    const real = `http://${rpId}:${(server.address() as AddressInfo).port}`
    await page.goto(real)
    const run = <T>(script: string, options: unknown) =>
      page.evaluate<T>(`(async () => { const options = ${JSON.stringify(options)}; ${script} })()`)
    await registerAndSignIn(
      {
        create: (options) =>
          run(
            `const c = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }); return c.toJSON()`,
            options,
          ),
        get: (options) =>
          run(
            `const c = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }); return c.toJSON()`,
            options,
          ),
      },
      real,
      rpId,
    )
  } finally {
    await browser.close()
    server.close()
  }
})

test('it keeps a browser’s rules', async () => {
  const creation = await generateRegistrationOptions({
    rpName: 'x',
    rpID: rpId,
    userName: 'x',
    supportedAlgorithmIDs: [-7],
  })
  const authenticator = softwareAuthenticator()
  const challenge = toBase64Url(randomBytes(32))
  expect(() => authenticator.create(creation, 'http://evil.localhost:1')).toThrow('may not ask for')
  expect(() =>
    authenticator.create({ ...creation, pubKeyCredParams: [{ type: 'public-key', alg: -8 }] }, origin),
  ).toThrow('ES256')
  expect(() => authenticator.get({ rpId, challenge }, origin)).toThrow('no such credential')
  authenticator.create(creation, origin)
  expect(() => authenticator.get({ rpId, challenge }, 'http://app.localhost:1')).toThrow('may not ask for')
  const presenceOnly = softwareAuthenticator({ verifiesUser: false })
  presenceOnly.create({ ...creation, authenticatorSelection: { userVerification: 'discouraged' } }, origin)
  expect(() => presenceOnly.get({ rpId, challenge, userVerification: 'required' }, origin)).toThrow(
    'cannot verify',
  )
})
