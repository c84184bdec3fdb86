import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { fromBase64 } from '@chaperone/encoding'
import { visibleBytes, visibleText } from '@chaperone/recording'
import type { Review } from '@chaperone/contract'
import type { Gateway } from '../gateway.ts'
import { signedInGateway } from '../here.ts'
import type { Printer } from '../printing/printer.ts'
import { Refused, UsageError } from '../refused.ts'
import { signDraft, type SignOptions } from '../sign-draft.ts'

interface ReleaseOptions extends Partial<SignOptions> {
  readonly run: readonly string[]
  readonly redact: readonly string[]
  readonly text: readonly string[]
}

const more = (value: string, before: readonly string[]) => [...before, value]

export function addRelease(program: Command, print: Printer): void {
  program
    .command('output')
    .description('What a run printed, with everything invisible made visible')
    .argument('<order>')
    .argument('<run>')
    .action(async (order: string, run: string) => {
      const text = await outputOf(signedInGateway(), order, run)
      print.result({ run, text }, text)
    })
  program
    .command('release')
    .description('Release output to the technician: shows exactly what leaves, then signs')
    .argument('<order>')
    .requiredOption('--key <file>', 'the key that you sign with')
    .option('--run <run>', 'this run’s output; again for more; all that ended if none is named', more, [])
    .option('--redact <text>', 'take this text out wherever it stands; again for more', more, [])
    .option(
      '--text <run=file>',
      'release this file’s text for the run instead of its output; again for more',
      more,
      [],
    )
    .option('--root <file>', 'the trust root; $CHAPERONE_ROOT if left out')
    .option('--yes', 'do not ask: what leaves was read elsewhere')
    .action(async (order: string, options: ReleaseOptions & { readonly key: string }) => {
      const gateway = signedInGateway()
      const review = await gateway.call('review', { params: { order } })
      const releases = await releasesOf(gateway, review, options)
      const wish = { kind: 'release' as const, version: review.version, releases }
      const { draft, signed } = await signDraft(gateway, order, wish, options, print)
      const pieces = draft.about === 'release' ? draft.pieces.length : 0
      print.result({ order, pieces, statement: signed }, `${order}: ${pieces} piece(s) released`)
    })
}

async function releasesOf(gateway: Gateway, review: Review, { run, redact, text }: ReleaseOptions) {
  const given = new Map(text.map(splitPair))
  const ended = review.runs.filter(({ state }) => state === 'ended').map((one) => one.run)
  const wanted = run.length > 0 ? run : given.size > 0 ? [...given.keys()] : ended
  const releases = []
  for (const one of wanted) {
    const file = given.get(one)
    const whole = file === undefined ? await outputOf(gateway, review.order, one) : readFileSync(file, 'utf8')
    releases.push({ run: one, ...redacted(whole, redact) })
  }
  const nonEmpty = releases.filter((release) => release.text !== '')
  if (nonEmpty.length === 0) throw new Refused({ code: 'release-empty' })
  return nonEmpty
}

function splitPair(given: string): readonly [run: string, file: string] {
  const [, run, file] = /^([0-9a-f]{32})=(.+)$/.exec(given) ?? []
  if (run === undefined || file === undefined) throw new UsageError('--text takes RUN=FILE')
  return [run, file]
}

const mark = '[redacted]'

/** Each text is replaced wherever it stands; the positions are those in what leaves. */
export function redacted(whole: string, secrets: readonly string[]) {
  let text = whole
  for (const secret of secrets.filter((one) => one !== '')) text = text.replaceAll(secret, mark)
  const redactions = Array.from(text.matchAll(/\[redacted\]/g), ({ index }) => ({
    start: index,
    end: index + mark.length,
    reason: 'redacted on the command line',
  }))
  return { text, redactions: secrets.length === 0 ? [] : redactions }
}

/** All of a run's output as text; what is invisible or not text becomes a mark. */
async function outputOf(gateway: Gateway, order: string, run: string): Promise<string> {
  const pieces: Uint8Array[] = []
  for (let from = 0; ;) {
    const page = await gateway.call('output', { params: { order, run }, query: { from } })
    for (const frame of page.frames) pieces.push(fromBase64(frame.bytes) ?? new Uint8Array())
    if (page.next === from) break
    from = page.next
  }
  return visibleText(visibleBytes(Buffer.concat(pieces)))
}
