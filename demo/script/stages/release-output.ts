import { fromUtf8 } from '@chaperone/encoding'
import type { ReleaseDraft, Review } from '@chaperone/contract'
import { blobIn, decide } from '../participant.ts'
import { eventually, reviewOf, type Story } from '../story.ts'

/** Output stays back until the escort releases it, redacted, with another touch; every reading is recorded. */
export async function releaseOutput(story: Story, order: string): Promise<void> {
  const { tell, people, desk } = story
  const { technician, escort } = people
  tell.stage('The output is held back, released in part, and read')
  const before = await technician.api.call('myOrder', { params: { order } })
  tell.expect('before the release the technician has nothing to read', before.releases.length === 0)
  const review = await reviewOf(story, order)
  const drafts = [await draftOf(story, review, 1), redacted(await draftOf(story, review, 2))]
  const { text } = await decide(escort, desk, order, {
    kind: 'release',
    version: review.version,
    releases: drafts,
  })
  tell.show(
    'release statement',
    `${text.split('\n').filter((line) => line.startsWith('run ')).length} pieces`,
  )
  const after = await eventually('the release', async () => {
    const seen = await technician.api.call('myOrder', { params: { order } })
    return seen.releases.length === drafts.length ? seen : undefined
  })
  for (const { release, run, step, length } of after.releases) {
    const read = await technician.api.call('readRelease', { params: { order, release }, body: { run } })
    tell.show(`step ${step}, ${length} bytes`, `release ${release}`)
    const draft = drafts.find((candidate) => candidate.run === run)
    tell.expect(
      `what the technician reads of step ${step} is what the escort signed`,
      read.text === draft?.text,
    )
  }
}

async function draftOf({ people }: Story, { order, runs }: Review, step: number): Promise<ReleaseDraft> {
  const run = runs.find((candidate) => candidate.step === step)?.run ?? ''
  const { frames } = await people.escort.api.call('output', { params: { order, run }, query: {} })
  const bytes = Buffer.concat(frames.map((frame) => blobIn(frame.bytes)))
  return { run, text: fromUtf8(bytes) ?? '', redactions: [] }
}

const mark = '[redacted]'

/** The first booking number is nobody’s business. */
function redacted(draft: ReleaseDraft): ReleaseDraft {
  const start = draft.text.search(/order \d+/) + 'order '.length
  const text = `${draft.text.slice(0, start)}${draft.text.slice(start).replace(/^\d+/, mark)}`
  return { ...draft, text, redactions: [{ start, end: start + mark.length, reason: 'a customer’s booking' }] }
}
