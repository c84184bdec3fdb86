import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { printTrustRoot } from '@chaperone/verify'
import { sampleExport, sampleOrganisation } from '@chaperone/testkit'
import { runCli } from './run-cli.ts'

/**
 * Each `*.txt` is a script: a line `$ chaperone ARGS`, the expected output below it (stdout, then stderr), and `exit N`
 * where it is not 0. `…` in an expected line stands for anything.
 */
const scripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'))
const folder = mkdtempSync(join(tmpdir(), 'chaperone-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
prepare()

/** What scripts find in their folder: an honest export, a tampered one, their trust root. */
function prepare(): void {
  const organisation = sampleOrganisation()
  const files = sampleExport(organisation, { orders: 1, steps: 2, opened: true })
  for (const [path, bytes] of files) put(join('honest', path), bytes)
  for (const [path, bytes] of files)
    put(join('tampered', path), path.startsWith('tile/entries') ? flipped(bytes) : bytes)
  put('root.json', printTrustRoot(organisation.trustRoot))
  put('not-a-root.json', '{}')
}

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === bytes.length - 5 ? byte ^ 1 : byte))
}

interface Command {
  readonly args: readonly string[]
  readonly expected: readonly string[]
  readonly exit: number
}

function commandsIn(script: string): readonly Command[] {
  return script
    .split(/^\$ chaperone /m)
    .slice(1)
    .map((text) => {
      const [line = '', ...rest] = text.trimEnd().split('\n')
      const exit = /^exit (\d)$/.exec(rest.at(-1) ?? '')?.[1]
      const expected = exit === undefined ? rest : rest.slice(0, -1)
      return { args: line.split(' '), expected, exit: Number(exit ?? 0) }
    })
}

function matches(expected: string, line: string): boolean {
  const parts = expected.split('…')
  let at = 0
  for (const [i, part] of parts.entries()) {
    const found = line.indexOf(part, at)
    if (found < 0 || (i === 0 && found !== 0)) return false
    at = found + part.length
  }
  return parts.at(-1) === '' || at === line.length || expected.includes('…')
}

test.for(scripts)('%s', async (name) => {
  const env = { CHAPERONE_SESSION: join(folder, 'no-session.json'), CHAPERONE_ROOT: '' }
  for (const { args, expected, exit } of commandsIn(readFileSync(join(import.meta.dirname, name), 'utf8'))) {
    const ran = await runCli(args, { cwd: folder, env })
    const lines = `${ran.stdout}${ran.stderr}`.trimEnd().split('\n')
    const about = `$ chaperone ${args.join(' ')}\n${lines.join('\n')}\nexit ${ran.exit}`
    expect(ran.exit, about).toBe(exit)
    for (const [i, line] of expected.entries())
      expect(matches(line, lines[i] ?? ''), `${about}\n\nexpected: ${line}`).toBe(true)
  }
})
