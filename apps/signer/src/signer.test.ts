import { expect, test } from 'vitest'
import { gateway } from '../test/gateway.ts'

test('it issues what a quorum allowed and the log intends, once', async () => {
  using it = gateway()
  const work = it.work()
  const statements = [work.allow()]
  const answer = await it.ask(work, 1, statements)
  expect(answer).toMatchObject({ ok: true, value: { run: work.run(1) } })
  expect(it.logins).toHaveLength(1)
  const again = await it.signer.issue(work.request(1, statements, it.log.entries.length - 1))
  expect(again).toEqual({ ok: false, error: { code: 'already-spent', run: work.run(1) } })
  expect(it.logins).toHaveLength(1)
})
