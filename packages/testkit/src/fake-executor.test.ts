import { randomBytes } from 'node:crypto'
import { toHex, utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { commandExecutorContract, type Behaviour, type ExecutorSubject } from './command-executor-contract.ts'
import { fakeExecutor, type FakePlay } from './fake-executor.ts'

const digest = (bytes: Uint8Array) => toHex(nodeCrypto.sha256(bytes))

/** The step's bytes name the behaviour. */
const play: FakePlay = async function* (step, files, kill) {
  const behaviour = JSON.parse(Buffer.from(step).toString()) as Behaviour
  switch (behaviour.does) {
    case 'print':
      for (const [stream, text] of behaviour.output) yield [stream, utf8(text)]
      return { exit: behaviour.exit }
    case 'digest-parts':
      yield ['stdout', utf8([step, ...files].map(digest).join(' '))]
      return { exit: 0 }
    case 'flood':
      for (let left = behaviour.bytes; left > 0; left -= 65_536)
        yield ['stdout', new Uint8Array(Math.min(left, 65_536))]
      return { exit: 0 }
    case 'die':
      return { signal: behaviour.signal }
    case 'lose-connection':
      yield ['stdout', utf8('waiting')]
      return 'lost'
    case 'wait':
      yield ['stdout', utf8('waiting')]
      return new Promise((resolve) => kill.addEventListener('abort', () => resolve({ signal: 9 })))
  }
}

commandExecutorContract('fake', () => {
  const hostKey = utf8('host key')
  const subject: ExecutorSubject = {
    executor: fakeExecutor([{ at: 'target:22', hostKey, play }]),
    request: (behaviour) =>
      Promise.resolve({
        address: 'target',
        port: 22,
        account: 'ops',
        targetId: 'target',
        hostKeys: [hostKey],
        hostAuthorities: [],
        agentSocket: '',
        maxSeconds: 30,
        runId: randomBytes(16).toString('hex'),
        parts: [
          utf8(JSON.stringify(behaviour)),
          ...(behaviour.does === 'digest-parts' ? behaviour.files : []),
        ],
      }),
    digests: (request) => request.parts.map(digest),
    withOtherHostKey: (request) => ({ ...request, hostKeys: [utf8('another')] }),
    withNobodyThere: (request) => ({ ...request, port: 23 }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return Promise.resolve(subject)
})
