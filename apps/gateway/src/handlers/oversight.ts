import { fromBase64, toBase64 } from '@chaperone/encoding'
import { decodeEvent, type Event } from '@chaperone/domain'
import { contextNow, liftStop, nameIn, takeRoster, takeStop, type LedgerEntry } from '@chaperone/usecases'
import type { AuditEntry } from '@chaperone/contract'
import type { Gateway } from '../gateway.ts'
import { Refused, valueOr } from '../http/problem.ts'
import type { Handlers } from '../http/register-routes.ts'
import { attentionOf } from '../views/attention-view.ts'
import { named } from '../views/review-view.ts'

type Names =
  'auditLog' | 'logStatus' | 'people' | 'attention' | 'roster' | 'adoptRoster' | 'orderStop' | 'liftStop'

/** What auditors read and officers do. */
export function oversightHandlers(gateway: Gateway): Pick<Handlers, Names> {
  const { office, runner } = gateway
  return {
    async auditLog({ query }) {
      const { size } = await office.ledger.head()
      const entries =
        query.order === undefined
          ? await newest(query.before ?? size, query.limit)
          : await storyOf(query.order, size)
      const names = await office.reader.names()
      return { size, entries: entries.map((entry) => auditEntry(entry, names)) }
    },
    logStatus: () => gateway.verifier.status(),
    async people() {
      const [{ roster }, names, pending] = await Promise.all([
        contextNow(office),
        office.reader.names(),
        office.reader.pendingKeys(),
      ])
      return roster.people.map((person) => ({
        person: person.person,
        name: nameIn(names, person.person),
        roles: [...person.roles],
        until: person.until,
        adoptedKeys: person.keys.map((key) => key.key),
        pendingKeys: pending
          .filter(
            (key) => key.person === person.person && !person.keys.some((adopted) => adopted.key === key.key),
          )
          .map((key) => ({
            key: key.key,
            blob: toBase64(key.blob),
            class: key.class,
            origins: [key.origin],
          })),
      }))
    },
    async attention() {
      const [orders, names] = await Promise.all([office.reader.orders(false), office.reader.names()])
      return orders.flatMap((order) => attentionOf(order, names))
    },
    async roster({ params }) {
      const latest = params.version === 0 ? await office.reader.latestRoster() : undefined
      const signed = latest?.roster ?? (await office.reader.roster(params.version))
      if (signed === undefined) throw new Refused('not-found')
      return {
        version: latest?.version ?? params.version,
        bytes: toBase64(signed.bytes),
        adoptions: [...signed.adoptions],
      }
    },
    async adoptRoster({ body }) {
      const bytes = fromBase64(body.bytes)
      if (bytes === undefined) throw new Refused('request-malformed', { at: 'bytes' })
      const roster = valueOr(await takeRoster(office, { bytes, adoptions: body.adoptions }, body.names))
      return { version: roster.version }
    },
    async orderStop({ body }) {
      const { stop, hit } = valueOr(await takeStop(office, body, (run) => runner.kill(run)))
      return { stop: stop.stop, killed: [...hit] }
    },
    async liftStop({ body }) {
      valueOr(await liftStop(office, body.stop, body.statements))
    },
  }

  async function newest(before: number, limit: number): Promise<readonly LedgerEntry[]> {
    return [...(await office.ledger.entries(Math.max(0, before - limit), before))].reverse()
  }

  /** One order's story; the log is read from its end, where a story that somebody looks at mostly is. */
  async function storyOf(order: string, size: number): Promise<readonly LedgerEntry[]> {
    const needle = `"order":"${order}"`
    const story: LedgerEntry[] = []
    for (let to = size; to > 0; to -= 5000) {
      const part = await office.ledger.entries(Math.max(0, to - 5000), to)
      const found = part.filter((entry) => Buffer.from(entry.leaf).includes(needle))
      story.push(...found.reverse())
      if (found.some((entry) => Buffer.from(entry.leaf).includes('"type":"order-submitted"'))) break
    }
    return story
  }
}

function auditEntry(entry: LedgerEntry, names: ReadonlyMap<string, string>): AuditEntry {
  const decoded = decodeEvent(entry.leaf)
  if (!decoded.ok)
    return {
      index: entry.index,
      at: '1970-01-01T00:00:00Z',
      type: 'unreadable',
      order: null,
      event: {},
      people: [],
    }
  const event: Event = decoded.value
  const people = Object.values(event).filter(
    (value): value is string => typeof value === 'string' && value.startsWith('p-'),
  )
  return {
    index: entry.index,
    at: event.at,
    type: event.type,
    order: 'order' in event ? event.order : null,
    event: { ...event },
    people: [...new Set(people)].map((person) => named(names, person)),
  }
}
