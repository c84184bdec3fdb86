import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freePorts } from '@chaperone/installation'

const main = join(import.meta.dirname, 'main.ts')

interface Running {
  readonly child: ChildProcess
  readonly said: () => string
  readonly ended: Promise<number | null>
}

function start(...words: readonly string[]): Running {
  const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (text += bytes.toString()))
  return { child, said: () => text, ended: once(child, 'close').then(([code]) => code as number | null) }
}

/** What the unattended demonstration promises to show: an attempt, and the codes that refuse it. */
const promised: readonly (readonly [title: string, codes: readonly string[]])[] = [
  ['A changed byte', ['step-not-as-signed', 'signature-bad', 'intent-not-in-log']],
  ['A replayed approval', ['already-spent', 'ticket-invalid']],
  ['Another command, another host key', ['agent refused operation', 'hash-mismatch', 'Permission denied']],
  ['A late start', ['window-closed', 'window-closed']],
  ['A step out of order', ['intent-not-in-log', 'intent-not-in-log']],
  ['A stale roster', ['roster-stale', 'roster-older']],
  ['A latched stop', ['stopped', 'officers-needed', 'stopped']],
  ['The author as their own escort', ['order-unknown', 'escort-is-author']],
  ['A stranger’s key', ['key-not-in-roster', 'key-not-in-roster']],
  ['A sign-in passed off as a decision', ['signature-malformed', 'key-not-in-roster']],
  ['A rewound log', ['log-rewound', 'log-rewound', 'log-gap']],
]

describe('the unattended demonstration', () => {
  test('does the whole job, shows every refusal, and ends with proof', { timeout: 180_000 }, async () => {
    const { said, ended } = start('--script')
    expect(await ended, said()).toBe(0)
    const stages = said().split(/\n *\d+ {2}(?=\S)/)
    for (const [title, codes] of promised) {
      const stage = stages.find((text) => text.startsWith(`Refused: ${title}`)) ?? ''
      const refusals = [...stage.matchAll(/refused by \S.*? {1,}(\S.*)$/gm)].map((match) => match[1] ?? '')
      expect(
        refusals.map((refusal, i) => refusal.endsWith(codes[i] ?? '…')),
        title,
      ).toEqual(codes.map(() => true))
    }
    expect(
      said().match(/^ {4}step \d succeeded +run [0-9a-f]{32} log \d+→\d+ serial \d+ \d+ bytes$/gm),
    ).toHaveLength(6)
    expect(said()).toMatch(/allow +\d+ verified with allow@chaperone/)
    expect(said()).toContain('chaperone verify: proven (exit 0)')
    expect(said()).not.toContain('✗')
    expect(said()).toMatch(/All of it happened as it should, in [\d.]+ s\.\n$/)
  })
})

describe('the demonstration', () => {
  test(
    'runs until it is told to stop, once in a folder, and leaves nothing running',
    { timeout: 180_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'cd-'))
      const [port = 0] = await freePorts(1)
      const words = ['--folder', folder, '--port-base', String(port)]
      const first = start(...words)
      try {
        await expect.poll(first.said, { timeout: 90_000 }).toContain('Running. Ctrl-C stops everything')
        expect(first.said().match(/http:\/\/app\.localhost:\d+\/enrol#[A-Za-z0-9_-]{43}$/gm)).toHaveLength(6)
        expect(first.said()).toContain('Two sample orders are waiting')
        const second = start(...words)
        expect(await second.ended).toBe(2)
        expect(second.said()).toContain('is running already')
      } finally {
        first.child.kill('SIGINT')
        expect(await first.ended).toBe(0)
        expect(processesNaming(folder)).toEqual([])
        removeAccounts(first.said())
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})

/** A demonstration that stays keeps its targets' accounts; this one does not stay. */
function removeAccounts(said: string): void {
  if (process.getuid?.() !== 0) return
  for (const [, account = ''] of said.matchAll(/(demo-(?:web|db)-[0-9a-f]{6})@/g))
    spawnSync('userdel', [account])
}

/** Everything that has the folder on its command line: our processes, the database, the targets. */
function processesNaming(folder: string): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  return pids.map(commandOf).filter((command) => command.includes(`${folder}/`))
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // it is gone
  }
}
