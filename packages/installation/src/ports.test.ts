import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePorts, requireFreePort } from './ports.ts'

test('a port that another has is named with what wanted it', async () => {
  const [port = 0] = await freePorts(1)
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  try {
    await expect(requireFreePort('127.0.0.1', port, 'the app (app.listen)')).rejects.toMatchObject({
      code: 'port-in-use',
      message: `port ${port} on 127.0.0.1, wanted by the app (app.listen), is in use by another process`,
    })
  } finally {
    other.close()
  }
})

test('a free port stays free for who asked', async () => {
  const [port = 0] = await freePorts(1)
  await requireFreePort('127.0.0.1', port, 'the app')
  await requireFreePort('127.0.0.1', port, 'the app')
})

test('an address that is not ours cannot be used', async () => {
  const asked = requireFreePort('192.0.2.1', 8400, 'the app')
  await expect(asked).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringContaining('EADDRNOTAVAIL'),
  })
})

test('free ports are each another', async () => {
  expect(new Set(await freePorts(8)).size).toBe(8)
})
