import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { concat, sshString, u32, utf8, parsePublicKey, publicKeyLine } from '@chaperone/encoding'
import { generateKey } from '@chaperone/node-crypto'
import { expect, test } from 'vitest'
import { caKeyInAgent, caKeyInFile } from './ca-key.ts'

const line = (type: 'ssh-ed25519' | 'ecdsa-sha2-nistp256' = 'ssh-ed25519') => {
  const key = parsePublicKey(generateKey(type).key.blob)
  return key.ok ? publicKeyLine(key.value) : ''
}

test.for<[what: string, answer: Uint8Array | undefined]>([
  ['refuses', sshString(new Uint8Array([5]))],
  ['hangs up', undefined],
  ['says too much', u32(1_000_000)],
  ['ends early', concat(u32(5), new Uint8Array([14, 0, 0, 0, 9]))],
  [
    'signs with another kind of key',
    sshString(concat(new Uint8Array([14]), sshString(sshString('ssh-rsa')))),
  ],
])('an agent that %s is a fault', async ([, answer]) => {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-ca-'))
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      if (answer !== undefined)
        socket.write(concat(answer, answer.length > 4 ? utf8('') : new Uint8Array(32_000)))
      if (answer === undefined) socket.end()
    })
  })
  server.listen(join(folder, 'agent'))
  await once(server, 'listening')
  await expect(caKeyInAgent(join(folder, 'agent'), line()).sign(utf8('x'))).rejects.toMatchObject({
    code: 'ca-unavailable',
  })
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

test('no agent is a fault', async () => {
  await expect(caKeyInAgent('/nowhere/agent', line()).sign(utf8('x'))).rejects.toMatchObject({
    code: 'ca-unavailable',
  })
})

test.for(['', 'ssh-rsa AAAA', 'ssh-ed25519 AAAA', line().replace('ssh-ed25519', 'ecdsa-sha2-nistp256')])(
  'no key of an authority: `%s`',
  (text) => {
    expect(() => caKeyInAgent('/nowhere', text)).toThrow(expect.objectContaining({ code: 'ca-key-unusable' }))
  },
)

test('a file that holds no key is a fault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-ca-'))
  writeFileSync(join(folder, 'ca.key'), 'hello')
  expect(() => caKeyInFile(join(folder, 'ca.key'))).toThrow(expect.objectContaining({ code: 'key-unusable' }))
  rmSync(folder, { recursive: true, force: true })
})
