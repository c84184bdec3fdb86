import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromBase64, toBase64, utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { verifyExport } from '@chaperone/verify'
import { exportPath, type AnswerOf } from '@chaperone/contract'
import { signAs } from './client.ts'
import { exportSource, untar } from './export-reader.ts'
import { gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { ended, step, submission, submitted } from './orders.ts'

let it: UnderTest

beforeAll(async () => {
  it = await gatewayUnderTest({ sshd: true })
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

test('an order goes from submission to released output, and its export proves every rule', async () => {
  const [tess, esra, anna] = await Promise.all([it.as('tess'), it.as('esra'), it.as('anna')])
  const { order } = await submitted(tess, [step(it, 'echo first\n')])
  const at = { params: { order } }
  await esra.call('claimOrder', { ...at, body: { version: 1 } })
  await esra.call('askQuestion', { ...at, body: { version: 1, step: 1, text: 'why only once?' } })
  const asked = await tess.call('myOrder', at)
  expect(asked).toMatchObject({ phase: 'question-open', mustAct: 'technician' })
  expect(asked.questions).toMatchObject([{ question: 1, step: 1, text: 'why only once?', answer: null }])
  await tess.call('answerQuestion', { params: { order, question: 1 }, body: { text: 'twice is better' } })
  const steps = [
    step(it, 'echo secret-word; echo oops >&2\n'),
    step(it, 'cat "$F1"\n', { files: [file('hello\n')] }),
  ]
  const revised = await tess.call('reviseOrder', { ...at, body: submission(steps) })
  expect(revised.version).toBe(2)

  const signed = await signAs(esra, it.organisation, 'esra', order, {
    kind: 'allow',
    version: 2,
    steps: [1, 2],
  })
  expect(signed.status).toBe(200)
  const review = await ended(esra, order, 2)
  expect(review.runs.map((run) => run.outcome)).toEqual([{ result: 'succeeded' }, expect.anything()])
  expect(await outputOf(esra, order, review.runs[0]?.run ?? '')).toEqual({
    stdout: 'secret-word\n',
    stderr: 'oops\n',
  })
  expect(JSON.stringify(await tess.call('myOrder', at))).not.toContain('oops')

  const run = review.runs[0]?.run ?? ''
  const releases = [{ run, text: 'secret-word\n', redactions: [] }]
  await signAs(esra, it.organisation, 'esra', order, { kind: 'release', version: 2, releases })
  const [release] = (await tess.call('myOrder', at)).releases
  const read = await tess.call('readRelease', {
    params: { order, release: release?.release ?? '' },
    body: { run },
  })
  expect(read.text).toBe('secret-word\n')

  await tess.call('requestOutput', {
    ...at,
    body: { version: 2, step: 1, wish: { about: 'containing', text: 'oops' } },
  })
  const body = { version: 2, step: 2, wish: { about: 'words' as const, text: 'everything, please' } }
  await tess.call('requestOutput', { ...at, body })
  const [oops, everything] = (await esra.call('review', at)).requests
  expect(oops).toMatchObject({ step: 1, wish: { about: 'containing', text: 'oops' }, answer: null })
  await esra.call('declineOutput', {
    params: { order, request: everything?.request ?? 0 },
    body: { word: 'too-broad' },
  })
  const more = [{ run, text: 'oops\n', redactions: [] }]
  await signAs(esra, it.organisation, 'esra', order, { kind: 'release', version: 2, releases: more })
  const { requests } = await tess.call('myOrder', at)
  expect(requests.map(({ answer }) => answer)).toEqual(['released', 'too-broad'])

  const archive = await it.running.app.inject({
    method: 'GET',
    url: exportPath,
    query: { order },
    headers: anna.headers,
  })
  expect(archive.statusCode).toBe(200)
  const files = untar(archive.rawPayload)
  const verification = verifyExport(exportSource(files), it.organisation.trustRoot, nodeCrypto)
  expect(verification.rules.filter((rule) => rule.verdict !== 'proven')).toEqual([])
  expect(verification.verdict).toBe('proven')
  stockVerify(files)
})

test('what one order’s export leaves out is listed in it', async () => {
  const [tess, anna] = await Promise.all([it.as('tess'), it.as('anna')])
  const { order } = await submitted(tess, [step(it, 'true\n')])
  await submitted(tess, [step(it, 'false\n')])
  const archive = await it.running.app.inject({ url: exportPath, query: { order }, headers: anna.headers })
  const files = untar(archive.rawPayload)
  const about = JSON.parse(String(files.get('export.json'))) as { withheld: unknown[] }
  expect(about.withheld).toContainEqual(expect.objectContaining({ what: 'step', why: 'other-order' }))
  const openings = String(files.get('openings.jsonl'))
  expect(openings).toContain(toBase64(utf8('true\n')))
  expect(openings).not.toContain(toBase64(utf8('false\n')))
  const verification = verifyExport(exportSource(files), it.organisation.trustRoot, nodeCrypto)
  expect(verification.verdict).toBe('unproven')
})

function file(text: string) {
  return { label: 'hello.txt', mode: '0644' as const, content: toBase64(utf8(text)) }
}

async function outputOf(escort: Awaited<ReturnType<UnderTest['as']>>, order: string, run: string) {
  const output: AnswerOf<'output'> = await escort.call('output', { params: { order, run } })
  const text = (stream: string) =>
    output.frames
      .filter((frame) => frame.stream === stream)
      .map((frame) => new TextDecoder().decode(fromBase64(frame.bytes) ?? new Uint8Array()))
      .join('')
  return { stdout: text('stdout'), stderr: text('stderr') }
}

/** Stock OpenSSH accepts what was signed, from the export alone. */
function stockVerify(files: ReadonlyMap<string, Buffer>): void {
  const folder = mkdtempSync(join(tmpdir(), 'cp-stock-'))
  const key = it.organisation.key('esra')
  const statement = statementIn(files)
  writeFileSync(join(folder, 'allowed'), `esra ${key.type} ${toBase64(key.blob)}\n`)
  writeFileSync(join(folder, 'signature'), statement.signature)
  const verified = spawnSync(
    'ssh-keygen',
    [
      '-Y',
      'verify',
      '-f',
      join(folder, 'allowed'),
      '-I',
      'esra',
      '-n',
      'allow@chaperone',
      '-s',
      join(folder, 'signature'),
    ],
    { input: statement.text },
  )
  rmSync(folder, { recursive: true })
  expect(verified.status).toBe(0)
}

function statementIn(files: ReadonlyMap<string, Buffer>): { text: string; signature: string } {
  for (const [path, bytes] of files) {
    if (!path.startsWith('tile/entries/')) continue
    const found = /\{"at":"[^"]*","order":"[^"]*","statement":(\{[^}]*\}),"type":"decision-recorded"/.exec(
      bytes.toString('latin1'),
    )
    if (found !== null) return JSON.parse(found[1] ?? '') as { text: string; signature: string }
  }
  throw new Error('the export has no decision')
}
