import { createServer, get, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventStreamPath } from '@chaperone/contract'
import type { PersonId } from '@chaperone/encoding'
import { rosterKey, type RosterChange } from '@chaperone/installation'
import { generateKey, nodeCrypto, signSshsig } from '@chaperone/node-crypto'
import { utf8 } from '@chaperone/encoding'
import { adoptNext, currentRoster } from '../demo/adopt-keys.ts'
import { apiOf } from '../demo/api.ts'
import { instantNow } from '../demo/demonstration.ts'
import { bashStep, window } from '../demo/sample-orders.ts'
import { startRig, type Rig } from '../e2e/faults/rig.ts'
import { interleaved, printSamples, quantile } from './measure/interleaved.ts'
import { familyOf, memoryOf } from './measure/memory.ts'

/**
 * An event reaches 200 open streams of a whole installation: from the request that causes it to each client's hearing
 * of it, beside a bare HTTP server that only writes to as many. And what memory each process takes, idle and then.
 */
const clients = 200
const eachPerson = 16
const rounds = Number(process.argv[2] ?? 30)
const bar = 100

/** Resolved by each stream that hears something while it is listened to. */
let heard: (() => void) | undefined

await using rig = await startRig()
using open = new DisposableStack()
const idle = memory(rig)
const tokens = await escortTokens(rig, Math.ceil(clients / eachPerson))
const { gateway } = rig.demo
for (let i = 0; i < clients; i++) await listen(`${gateway.url}${eventStreamPath}`, tokens[i % tokens.length])
const bare = await bareServer()
const order = await submitted(rig)
let claimed = false
const samples = await interleaved(
  {
    'bare server:': () => timed(() => Promise.resolve(bare.tell())),
    'event:': () => timed(() => change(rig)),
  },
  rounds,
)
printSamples(samples)
const p99 = quantile(samples['event: last of all'] ?? [], 0.99)
console.log(
  `\nbar: the last of ${clients} hears it in ${bar} ms at p99: ${p99 < bar ? 'met' : 'missed'} (${p99.toFixed(1)} ms)`,
)
printMemory(idle, memory(rig))

async function escortTokens({ demo, officer }: Rig, count: number): Promise<readonly string[]> {
  const { roster } = await currentRoster(officer)
  const people = Array.from({ length: count }, (_, i) => ({
    person: `p-bench${String(i).padStart(3, '0')}` as PersonId,
    key: generateKey().key,
  }))
  const validity = { from: instantNow(), until: roster.expires }
  const changes = people.map(({ person, key }): RosterChange => ({
    kind: 'set-person',
    person: {
      person,
      roles: ['escort'],
      regimes: ['open'],
      until: roster.expires,
      keys: [rosterKey(key.blob, 'software', validity, [], nodeCrypto.sha256)],
    },
  }))
  await adoptNext(demo, officer, changes)
  const door = apiOf(demo.gateway)
  return Promise.all(
    people.map(async ({ key }) => {
      const { challenge } = await door.call('keyChallenge')
      const signature = signSshsig(key, 'sign-in@chaperone', utf8(challenge))
      return (await door.call('keySignIn', { body: { challenge, signature } })).token
    }),
  )
}

/** Resolves when the stream is open. */
async function listen(url: string, token?: string): Promise<void> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const request = get(url, { headers, agent: false })
  open.defer(() => request.destroy())
  const [stream] = (await once(request, 'response')) as [NodeJS.ReadableStream & { statusCode?: number }]
  if (stream.statusCode !== 200) throw new Error(`the stream answered ${stream.statusCode ?? '?'}`)
  await once(stream, 'data')
  stream.on('data', () => heard?.())
  stream.on('error', () => undefined) // it is we who end it
}

async function bareServer() {
  const listeners = new Set<ServerResponse>()
  const server = createServer((_, response) => {
    listeners.add(response)
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n')
  })
  server.listen(0, '127.0.0.1')
  open.defer(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (let i = 0; i < clients; i++) await listen(`http://127.0.0.1:${port}/`)
  const text = `id: 1\nevent: order\ndata: {"order":"wo-0000000000"}\n\n`
  return { tell: () => void [...listeners].forEach((response) => response.write(text)) }
}

/** From the deed to the first, each and last client's hearing of it. */
async function timed(deed: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const times: number[] = []
  const all = Promise.withResolvers<void>()
  const began = performance.now()
  heard = () => {
    times.push(performance.now() - began)
    if (times.length === clients) all.resolve()
  }
  await deed()
  const answered = performance.now() - began
  await all.promise
  heard = undefined
  return { answered, 'first of all': times[0] ?? NaN, 'last of all': times.at(-1) ?? NaN }
}

async function submitted({ technician, demo }: Rig): Promise<string> {
  const steps = [bashStep(demo.targets.web, 'true\n')]
  const words = { purpose: 'an order', fault: 'none', component: 'none', mayShow: 'nothing' }
  const body = { ...words, ...window(instantNow()), effects: [], steps, rollback: [] }
  return (await technician.call('submitOrder', { body })).order
}

async function change({ escort: { api } }: Rig): Promise<void> {
  if (claimed) await api.call('returnOrder', { params: { order }, body: { to: null, note: '' } })
  else await api.call('claimOrder', { params: { order }, body: { version: 1 } })
  claimed = !claimed
}

function memory({ demo: { installation } }: Rig) {
  const { signer, gateway: gatewayPid, desk } = installation.pids()
  const file = join(installation.places.database, 'postmaster.pid')
  const database = Number(readFileSync(file, 'utf8').split('\n')[0])
  return {
    gateway: memoryOf([gatewayPid ?? 0]),
    signer: memoryOf([signer ?? 0]),
    desk: memoryOf([desk ?? 0]),
    'database, all its processes': memoryOf(familyOf(database)),
  }
}

type AllMemory = ReturnType<typeof memory>

function printMemory(before: AllMemory, after: AllMemory): void {
  console.log(`\nMiB                          idle: RSS     PSS   ${clients} streams: RSS     PSS`)
  for (const name of Object.keys(before) as (keyof AllMemory)[]) {
    const figures = [before[name].rss, before[name].pss, after[name].rss, after[name].pss]
    const [a, b, c, d] = figures.map((figure) => figure.toFixed(0))
    console.log(`${name.padEnd(28)} ${a?.padStart(9)} ${b?.padStart(7)} ${c?.padStart(18)} ${d?.padStart(7)}`)
  }
}
