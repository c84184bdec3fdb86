import type { FastifyInstance } from 'fastify'
import type { Gateway } from './gateway.ts'

/** `/healthz`: the process runs. `/readyz`: it can do its work, and if not, what is missing. `/metrics`: OpenMetrics. */
export function registerHealth(app: FastifyInstance, gateway: Gateway): void {
  const { office, signer, feed, metrics } = gateway
  app.get('/healthz', { schema: { hide: true } }, () => ({ ok: true }))
  app.get('/readyz', { schema: { hide: true } }, async (_, reply) => {
    const checks = {
      store: await works(() => office.ledger.head()),
      roster: await works(async () => {
        if ((await office.reader.latestRoster()) === undefined) throw new Error('none')
      }),
      signer: await works(() => signer.status()),
      cosigning: feed.trouble() ?? 'ok',
    }
    const ready = Object.values(checks).every((check) => check === 'ok')
    return reply.code(ready ? 200 : 503).send({ ready, checks })
  })
  app.get('/metrics', { schema: { hide: true } }, async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}

async function works(check: () => Promise<unknown>): Promise<string> {
  try {
    await check()
    return 'ok'
  } catch (error) {
    return (error as { code?: string }).code ?? 'failed'
  }
}
