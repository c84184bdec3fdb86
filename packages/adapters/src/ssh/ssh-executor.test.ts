import { toHex } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  commandExecutorContract,
  prepareRun,
  startSshd,
  testAuthority,
  type Behaviour,
  type ExecutorSubject,
  type TestStep,
} from '@chaperone/testkit'
import { sshExecutor } from './ssh-executor.ts'

function stepFor(behaviour: Behaviour): TestStep {
  switch (behaviour.does) {
    case 'print': {
      const words = behaviour.output.map(
        ([stream, text]) =>
          `printf %s $'${text.replaceAll('\n', '\\n')}'${stream === 'stderr' ? ' >&2' : ''}`,
      )
      return { bytes: [...words, `exit ${behaviour.exit}`].join('\n') }
    }
    case 'digest-parts': {
      const files = behaviour.files.map((bytes) => ({ mode: '0600', bytes }))
      const paths = files.map((_, i) => `"$CHAPERONE_FILES/f${i + 1}"`)
      return {
        bytes: `for f in /dev/fd/9 ${paths.join(' ')}; do sha256sum <$f | cut -c1-64 | tr '\\n' ' '; done`,
        files,
      }
    }
    case 'flood':
      return { bytes: `head -c ${behaviour.bytes} /dev/zero` }
    case 'wait':
      return { bytes: 'echo waiting; sleep 1000' }
    case 'die':
      return { bytes: `kill -${behaviour.signal} $$` }
    case 'lose-connection':
      // The session's sshd is the parent of the runner.
      return { bytes: 'echo waiting; kill -9 $(cut -d" " -f4 /proc/$PPID/stat); sleep 1000' }
  }
}

commandExecutorContract('ssh', async () => {
  const authority = await testAuthority()
  const target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })
  const other = await startSshd({ targetId: 'web-2', ca: [authority.blob] })
  const subject: ExecutorSubject = {
    executor: sshExecutor(),
    request: (behaviour) => prepareRun(target, authority, stepFor(behaviour)),
    digests: (request) => request.parts.map((part) => toHex(nodeCrypto.sha256(part))),
    withOtherHostKey: (request) => ({ ...request, hostKeys: other.hostKeys }),
    // tcpmux: a port that was free a moment ago may be another test's by then.
    withNobodyThere: (request) => ({ ...request, port: 1 }),
    async [Symbol.asyncDispose]() {
      await Promise.all([target.stop(), other.stop()])
      await authority[Symbol.asyncDispose]()
    },
  }
  return subject
})
