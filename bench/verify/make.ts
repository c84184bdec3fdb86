import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { printTrustRoot } from '@chaperone/verify'
import {
  sampleInstant,
  sampleLog,
  sampleOrder,
  sampleOrganisation,
  sampleRosterEvent,
} from '@chaperone/testkit'

/** Writes an export of whole orders, as long as asked for, with its trust root beside it. */
const [folder = '', entries = '0'] = process.argv.slice(2)
const began = performance.now()
const organisation = sampleOrganisation({ more: 100 })
const made = new Set<string>()
const log = sampleLog(organisation, (path, bytes) => {
  const file = join(folder, path)
  const parent = dirname(file)
  if (!made.has(parent)) mkdirSync(parent, { recursive: true })
  made.add(parent)
  writeFileSync(file, bytes)
})

// Orders of eleven steps: 38 entries of which the decision and the release are signed, 5.3 %.
const stepsOfEach = 11
const atOnce = 40
log.append(sampleRosterEvent(organisation, sampleInstant(0)))
let signed = 0
let orders = 0
const head = () => ({ size: log.size(), root: log.root() })
const running = Array.from({ length: atOnce }, begin)
while (log.size() < Number(entries)) {
  for (const [i, story] of running.entries()) {
    const next = story.events.next(story.index)
    if (next.done === true) running[i] = begin()
    else {
      if ('statement' in next.value) signed++
      story.index = log.append(next.value)
    }
    if (log.size() === Number(entries)) break
  }
}
log.finish(1_790_000_000)
writeFileSync(join(folder, 'root.json'), printTrustRoot(organisation.trustRoot))
const seconds = (performance.now() - began) / 1000
const share = ((100 * signed) / log.size()).toFixed(1)
process.stdout.write(
  JSON.stringify({
    seconds,
    megabytes: 0,
    entries: log.size(),
    detail: `${share} % signed, ${orders} orders`,
  }),
)

function begin() {
  const order = `wo-${String(orders++).padStart(10, '0')}`
  const at = 1 + Math.floor(log.size() / 100)
  return { events: sampleOrder(organisation, { order, steps: stepsOfEach, at, every: 0 }, head), index: 0 }
}
