import { httpSignerClient, sshExecutor } from '@chaperone/adapters'
import type { AnswerOf } from '@chaperone/contract'
import { decodeEvent } from '@chaperone/domain'
import { startSshd, testAuthority } from '@chaperone/testkit'
import type { CommandExecutor, SignerClient } from '@chaperone/usecases'
import type { Client } from '../apps/gateway/test/client.ts'
import { gatewayUnderTest, type UnderTest } from '../apps/gateway/test/gateway-under-test.ts'
import { ended, step, submitted } from '../apps/gateway/test/orders.ts'
import { bareSsh } from './measure/bare-ssh.ts'
import { interleaved, printSamples, quantile, type Case } from './measure/interleaved.ts'

/**
 * From a signed decision, handed to the gateway, to the first byte of output there, beside `ssh host true` with the
 * same client and algorithms: real database, signer process and sshd. And where the time between goes.
 */
const rounds = Number(process.argv[2] ?? 60)
const bar = 60

/** Milliseconds since the decision was handed in, of the run that is under way. */
let times: Record<string, number> = {}
let handedIn = 0
/** Nothing is asked of the gateway meanwhile. */
let arrived = Promise.withResolvers<void>()

await using authority = await testAuthority()
await using plain = await startSshd({ targetId: 'plain', ca: [authority.blob] })
await using bare = await bareSsh(plain, authority)
await using it = await gatewayUnderTest({
  sshd: true,
  signerAt: watchedSigner,
  executor: watched(sshExecutor()),
})
const [technician, escort] = [await it.as('tess'), await it.as('esra')]
const samples = await interleaved(
  { 'ssh host true': bare.go, 'journey:': journey(it, technician, escort) },
  rounds,
)
printSamples(samples)
printParts()

function mark(name: string): void {
  times[name] ??= performance.now() - handedIn
}

function journey(test: UnderTest, tess: Client, esra: Client): Case {
  return async () => {
    const { order } = await submitted(tess, [step(test, 'echo done\n')])
    await esra.call('claimOrder', { params: { order }, body: { version: 1 } })
    const wish = { kind: 'allow' as const, version: 1, steps: [1] }
    const { ticket } = await esra.call('prepareSigning', { params: { order }, body: wish })
    const draft: AnswerOf<'signingDraft'> = await esra.call('signingDraft', { body: { ticket } })
    const statement = test.organisation.signText('esra', draft.statement)
    times = {}
    arrived = Promise.withResolvers()
    handedIn = performance.now()
    await esra.call('completeSigning', { body: { ticket, statement } })
    mark('decision answered')
    await arrived.promise
    const { runs } = await ended(esra, order, 1)
    if (runs[0]?.outcome?.result !== 'succeeded') throw new Error(JSON.stringify(runs[0]?.outcome))
    return times
  }
}

/** Tells when the intent comes by on its way to the signer, when it is cosigned, and when the certificate is there. */
function watchedSigner(socket: string): SignerClient {
  const signer = httpSignerClient(socket)
  return {
    ...signer,
    async readLog(part) {
      const intent = part.entries.some((leaf) => {
        const event = decodeEvent(leaf)
        return event.ok && event.value.type === 'run-intended'
      })
      if (intent) mark('1 intent sequenced, on its way to the signer')
      const answer = await signer.readLog(part)
      if (intent) mark('2 intent cosigned')
      return answer
    },
    async issue(request) {
      mark('3 certificate asked for')
      const issued = await signer.issue(request)
      mark('4 certificate issued')
      return issued
    },
  }
}

function watched(executor: CommandExecutor): CommandExecutor {
  return {
    run(request, observer, kill) {
      mark('5 ssh started')
      const seeing = {
        onStart(targetTime: number) {
          mark('6 start line')
          observer.onStart(targetTime)
        },
        onOutput(stream: Parameters<typeof observer.onOutput>[0], bytes: Uint8Array) {
          mark('7 first byte')
          arrived.resolve()
          return observer.onOutput(stream, bytes)
        },
      }
      return executor.run(request, seeing, kill)
    },
  }
}

/** Each stretch at its own median; they add up to about the whole. */
function printParts(): void {
  const median = (name: string) => quantile(samples[name] ?? [], 0.5)
  const raw = median('ssh host true exit')
  const names = Object.keys(samples).filter((name) => /: \d /.test(name))
  console.log('\nwhere it goes, medians:')
  for (const [i, name] of names.entries()) {
    const before = samples[names[i - 1] ?? ''] ?? []
    const stretch = (samples[name] ?? []).map((time, round) => time - (before[round] ?? 0))
    console.log(`${quantile(stretch, 0.5).toFixed(1).padStart(8)} ms  to: ${name.replace(/^.*: \d /, '')}`)
  }
  const added = median('journey: 7 first byte') - raw
  console.log(`\nraw ${raw.toFixed(1)} ms, added ${added.toFixed(1)} ms`)
  console.log(`bar: at most ${bar} ms added: ${added <= bar ? 'met' : 'missed'}`)
}
