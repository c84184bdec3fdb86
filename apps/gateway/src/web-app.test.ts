import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { everyProblem } from '@chaperone/contract'
import { answerError } from './http/problem.ts'
import { serveWebApp } from './web-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'cp-web-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function served(webFolder: string) {
  const app = Fastify()
  app.decorateRequest('plainFacts', false)
  app.setErrorHandler(answerError)
  await serveWebApp(app, webFolder)
  return app
}

test('without the web app the address of every problem answers its page as text', async () => {
  const app = await served(join(folder, 'nothing'))
  for (const [code, { title }] of Object.entries(everyProblem)) {
    const { statusCode, body, headers } = await app.inject({ url: `/problems/${code}` })
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(body).toContain(`# ${title}\n`)
  }
})

test.for(['/problems/no-such-code', '/problems/constructor', '/problems/', '/problems/order-full/x'])(
  'without the web app %s is nothing',
  async (url) => {
    const answer = await (await served(join(folder, 'nothing'))).inject({ url })
    expect(answer.json()).toMatchObject({ status: 404, code: 'not-found' })
  },
)

test('with the web app it is the app’s page', async () => {
  const built = join(folder, 'built')
  mkdirSync(join(built, 'assets'), { recursive: true })
  writeFileSync(join(built, 'index.html'), '<title>the app</title>')
  const answer = await (await served(built)).inject({ url: '/problems/order-full' })
  expect([answer.statusCode, answer.body]).toEqual([200, '<title>the app</title>'])
})
