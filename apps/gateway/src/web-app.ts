import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { problemPage } from '@chaperone/contract'
import { Refused } from './http/problem.ts'

/** Serves the built web app: hashed assets as files, every other path as the page with a fresh style nonce. */
export async function serveWebApp(app: FastifyInstance, folder: string): Promise<void> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined)
  app.setNotFoundHandler(async (request, reply) => {
    if (page !== undefined && request.method === 'GET' && isPagePath(request.url))
      return sendPage(reply, page)
    const text = request.method === 'GET' ? problemText(request.url) : undefined
    if (text !== undefined) return reply.type('text/plain; charset=utf-8').send(text)
    throw new Refused('not-found')
  })
  if (page === undefined) {
    app.log.warn({ folder }, 'the web app is not built; only the API is served')
    return
  }
  await app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '1y',
  })
}

/** A problem's `type` is an address: without the web app it is answered as text. */
function problemText(url: string): string | undefined {
  const code = /^\/problems\/([a-z-]{1,64})$/.exec(url)?.[1]
  return code === undefined ? undefined : problemPage(code)
}

/** Every address that is neither the API's nor a file's is the web app's to show. */
function isPagePath(url: string): boolean {
  return !['/api/', '/internal/', '/assets/'].some((start) => url.startsWith(start))
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  return reply
    .code(200)
    .header('content-security-policy', contentSecurityPolicy(nonce))
    .header('cache-control', 'no-store')
    .type('text/html')
    .send(page.replaceAll('__NONCE__', nonce))
}

/** Only our own scripts; styles that libraries make carry the nonce; nothing from anywhere else. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'none'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join('; ')
}
