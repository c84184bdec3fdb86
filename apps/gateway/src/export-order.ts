import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { OrderId, PersonId } from '@chaperone/encoding'
import { exportPath, order } from '@chaperone/contract'
import { encodeEvent } from '@chaperone/domain'
import { parseNote } from '@chaperone/tlog'
import { contextNow, type Office } from '@chaperone/usecases'
import { exportArchive } from './export/archive.ts'
import type { Gateway } from './gateway.ts'
import type { Doorkeeper } from './http/access.ts'
import { Refused } from './http/problem.ts'

const query = z.strictObject({ order: order.optional() })
const cosignMilliseconds = 3000

/** `GET /api/audit/export`: what an auditor takes away, as one tar. That it was taken is in the log before it leaves. */
export function registerExport(app: FastifyInstance, gateway: Gateway, door: Doorkeeper): void {
  const { office } = gateway
  app.get(
    exportPath,
    {
      schema: { hide: true, querystring: query },
      onRequest: async (request) => {
        request.caller = await door.admit(request, ['auditor', 'officer'])
      },
    },
    async (request, reply) => {
      const { order: id } = request.query as z.output<typeof query> // the schema has validated it
      if (id !== undefined && (await office.reader.order(id)) === undefined)
        throw new Refused('order-unknown')
      const size = await noteExport(office, request.caller?.person ?? '', id)
      const checkpoint = await cosigned(gateway, size)
      const made = office.clock.now()
      const archive = exportArchive(office, { ...checkpoint, order: id, made })
      return reply
        .type('application/x-tar')
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="chaperone-${id ?? 'log'}.tar"`)
        .send(Readable.from(archive, { objectMode: false }))
    },
  )
}

async function noteExport(office: Office, person: PersonId, id: OrderId | undefined): Promise<number> {
  const at = office.clock.now()
  const { entries } = await office.ledger.transact((tx) => {
    tx.append(encodeEvent({ v: 1, type: 'log-exported', at, person, order: id ?? null }))
    return Promise.resolve()
  })
  return (entries[0]?.index ?? 0) + 1
}

/** The newest checkpoint with the signer's word for it; without that word when the signer is away. */
async function cosigned(
  { office, feed }: Gateway,
  size: number,
): Promise<{ readonly checkpoint: string; readonly size: number }> {
  await feed.waitFor(size, cosignMilliseconds).catch(() => undefined)
  const { roster } = await contextNow(office)
  const signer = roster.signer.key.split('+')[0]
  let checkpoint = await office.ledger.checkpoint()
  // The signer's line is kept a moment after it is known, and a newer checkpoint may have come without one.
  for (let tries = 0; tries < 30 && !namesIn(checkpoint).includes(signer ?? ''); tries++) {
    await sleep(cosignMilliseconds / 30)
    checkpoint = await office.ledger.checkpoint()
  }
  return { checkpoint, size: sizeOf(checkpoint) }
}

function namesIn(checkpoint: string): readonly string[] {
  const note = parseNote(checkpoint)
  return note.ok ? note.value.signatures.map((signature) => signature.name) : []
}

function sizeOf(checkpoint: string): number {
  return Number(checkpoint.split('\n')[1])
}
