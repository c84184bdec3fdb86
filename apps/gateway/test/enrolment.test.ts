import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { skP256Blob, toBase64 } from '@chaperone/encoding'
import { softwareAuthenticator } from '@chaperone/testkit'
import { appOrigin, deskOrigin, gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { people } from './organisation.ts'

let it: UnderTest

beforeAll(async () => {
  it = await gatewayUnderTest()
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

async function linkFor(person: string): Promise<string> {
  const { url } = await (await it.as('otto')).call('issueEnrolment', { params: { person } })
  return new URL(url).hash.slice(1)
}

async function keysCollected(person: string, use: string): Promise<number> {
  const { entries } = await (await it.as('otto')).call('auditLog')
  const ofTheirs = entries.filter(({ event }) => event['person'] === person && event['use'] === use)
  return ofTheirs.filter(({ type }) => type === 'key-collected').length
}

test('of two sign-in keys made with one link at once, one is kept', async () => {
  const token = await linkFor(people.tom)
  const made = await Promise.all(
    [softwareAuthenticator(), softwareAuthenticator()].map(async (key) => {
      const { options } = await it.nobody.call('enrolmentOptions', { body: { token } })
      return key.create(options as unknown as PublicKeyCredentialCreationOptionsJSON, appOrigin)
    }),
  )
  const answers = await Promise.all(
    made.map((response) => it.nobody.ask('enrolmentKey', { body: { token, response: { ...response } } })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404])
  expect((await it.nobody.call('enrolment', { body: { token } })).signInKeys).toBe(1)
  expect(await keysCollected(people.tom, 'sign-in')).toBe(1)
})

test('of two deciding keys collected with one link at once, one is kept', async () => {
  const token = await linkFor(people.emil)
  const blobs = [1, 2].map((filler) =>
    skP256Blob(new Uint8Array(65).fill(filler).fill(4, 0, 1), 'sign.localhost'),
  )
  const answers = await Promise.all(
    blobs.map((blob) =>
      it.desk.ask('deskKey', { body: { token, blob: toBase64(blob), origin: deskOrigin } }),
    ),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404])
  expect(await keysCollected(people.emil, 'decide')).toBe(1)
})
