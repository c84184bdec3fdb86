import { spawn } from 'node:child_process'
import { forceCommand } from '@chaperone/runner'
import { sshExecutor } from '@chaperone/adapters'
import {
  prepareRun,
  runnerOrder,
  startSshd,
  testAuthority,
  type SshTarget,
  type TestAuthority,
} from '@chaperone/testkit'
import { bareSsh } from './measure/bare-ssh.ts'
import { interleaved, printSamples, quantile, type Case } from './measure/interleaved.ts'

/**
 * What the executor and the runner add to a bare `ssh host true`, with the same client, algorithms and certificate
 * login: from the request to the first byte of output and to the outcome. The runner is also measured without SSH.
 */
const rounds = Number(process.argv[2] ?? 60)

await using authority = await testAuthority()
await using target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })
await using bare = await bareSsh(target, authority)
const samples = await interleaved(
  {
    'ssh host true': bare.go,
    'run, by the executor:': executed(target, authority),
    'runner alone, no ssh:': alone(target),
  },
  rounds,
)
printSamples(samples)
const median = (name: string) => quantile(samples[name] ?? [], 0.5)
const added = median('run, by the executor: first byte') - median('ssh host true exit')
console.log(`\nadded until the first byte, at the median: ${added.toFixed(1)} ms`)
console.log(`of it the runner: ${median('runner alone, no ssh: first byte').toFixed(1)} ms`)

/** Certificate and agent are made before the clock starts: the signer's part is not measured here. */
function executed(to: SshTarget, by: TestAuthority): Case {
  const executor = sshExecutor()
  return async () => {
    const request = await prepareRun(to, by, { bytes: 'echo done' })
    const began = performance.now()
    const times: Record<string, number> = {}
    const observer = {
      onStart: () => void (times['start'] = performance.now() - began),
      onOutput: () => {
        times['first byte'] ??= performance.now() - began
        return Promise.resolve()
      },
    }
    const outcome = await executor.run(request, observer, new AbortController().signal)
    if (outcome.result !== 'succeeded') throw new Error(JSON.stringify(outcome))
    return { ...times, outcome: performance.now() - began }
  }
}

/** The same force-command by a shell of the target's account. */
function alone(to: SshTarget): Case {
  return async () => {
    const command = forceCommand(runnerOrder({ bytes: 'echo done' }))
    const became = process.getuid?.() === 0 ? { uid: to.uid } : {}
    const began = performance.now()
    const shell = spawn('/bin/bash', ['-c', command], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: '/',
      ...became,
    })
    shell.stdin.on('error', () => undefined)
    shell.stdin.write('echo done')
    const times: Record<string, number> = {}
    let text = ''
    for await (const bytes of shell.stdout as AsyncIterable<Buffer>) {
      times['greeting'] ??= performance.now() - began
      text += bytes.toString()
      if (text.includes('start ')) times['start'] ??= performance.now() - began
      if (text.includes('O 5')) times['first byte'] ??= performance.now() - began
    }
    shell.stdin.end()
    return { ...times, end: performance.now() - began }
  }
}
