import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SshTarget } from '@chaperone/testkit'
import { decide } from '../participant.ts'
import { entriesOf, eventually, type Story } from '../story.ts'
import { startImpostor } from './impostor.ts'
import { claimedOrder, smallOrder, type Attack, type Prepared, type Scene } from './attack.ts'

/**
 * Whoever holds the gateway holds a certificate's one-shot agent for a moment. web-1 is made to hang, so that the
 * certificate is there and unused; the gateway's own connection is cut; the thief has the agent.
 */
export const otherCommand: Attack = {
  title: 'Another command, another host key, over a stolen certificate',
  async attempt(scene) {
    const { tell, demo } = scene
    const { web } = demo.targets
    const order = await claimedOrder(
      scene,
      smallOrder(scene, 'Look at the clock while somebody steals the login'),
    )
    process.kill(web.pid, 'SIGSTOP')
    try {
      const agent = await stolenAgent(scene, order)
      tell.show('stolen', `one-shot agent ${agent}`)
      await tryImpostor(scene, agent)
      process.kill(web.pid, 'SIGCONT')
      await tryOtherCommand(scene, agent)
    } finally {
      process.kill(web.pid, 'SIGCONT')
    }
    await tellOutcome(scene, order)
  },
}

/** Allows the order, waits for its certificate, and cuts off who was to use it. */
async function stolenAgent(scene: Scene, { order, version }: Prepared): Promise<string> {
  const { demo, people, desk } = scene
  await decide(people.escort, desk, order, { kind: 'allow', version, steps: [1, 2] })
  const { agents } = demo.installation.places.sockets
  const agent = await eventually('a certificate', async () =>
    Promise.resolve(readdirSync(agents).find((name) => name.endsWith('.sock'))),
  )
  const gateway = demo.installation.pids().gateway ?? 0
  const client = await eventually('the gateway’s ssh', async () => Promise.resolve(sshChildOf(gateway)))
  process.kill(client, 'SIGKILL')
  return join(agents, agent)
}

function sshChildOf(parent: number): number | undefined {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
  return children.find((pid) => pid > 0 && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'ssh')
}

/** A machine that says it is web-1, with a host key of its own, to which the thief would lead the login. */
async function tryImpostor({ tell, demo }: Story, agent: string): Promise<void> {
  const { web } = demo.targets
  await using impostor = await startImpostor(web)
  const { said } = await ssh(agent, web, 'id', { port: impostor.port })
  const refusal = /agent refused operation/.exec(said)?.[0]
  tell.refused(
    'the login led to a machine with another host key',
    'one-shot agent',
    refusal,
    'agent refused operation',
  )
}

async function tryOtherCommand({ tell, demo }: Story, agent: string): Promise<void> {
  const { web } = demo.targets
  const first = await ssh(agent, web, 'cat /etc/passwd', { input: 'cat /etc/passwd\n' })
  const refusal = /^not-started (\S+)$/m.exec(first.said)?.[1]
  tell.refused(
    '`cat /etc/passwd` over the certificate of `date -u`',
    'runner on web-1',
    refusal,
    'hash-mismatch',
  )
  tell.expect('nothing of /etc/passwd came back', !first.said.includes('root:'))
  const second = await ssh(agent, web, 'date -u')
  const gone = second.said.includes('Permission denied') ? 'Permission denied' : undefined
  tell.refused('a second login with the same certificate', 'sshd on web-1', gone, 'Permission denied')
}

/** What a thief would type, believing any host key; `input` is what the step's bytes would be. */
async function ssh(
  agent: string,
  target: SshTarget,
  command: string,
  { port = target.port, input = '' }: { readonly port?: number; readonly input?: string } = {},
) {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'BatchMode=yes']
  const words = [...options, `IdentityAgent=${agent}`].flatMap((option) => ['-o', option])
  const where = ['-p', String(port), `${target.account}@${target.address}`, command]
  const child = spawn('ssh', ['-F', 'none', ...words, ...where], { stdio: 'pipe' })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  child.stdin.on('error', () => undefined) // it may hang up before it has read anything
  child.stdin.end(input)
  await once(child, 'close')
  return { said }
}

async function tellOutcome(scene: Scene, { order }: Prepared): Promise<void> {
  const ended = await eventually('the cut-off run to be recorded', async () =>
    (await entriesOf(scene, order)).find(({ type }) => type === 'run-ended'),
  )
  scene.tell.show('the gateway recorded', JSON.stringify(ended.event['outcome']))
}
