import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  checkTree,
  decodeBundle,
  openCheckpoint,
  parseVerifierKey,
  tilePath,
  tileWidth,
} from '@chaperone/tlog'
import { exportSource, parseTrustRoot, verifyExport } from '@chaperone/verify'

/** One measurement in this process: the floor, the tree alone, or the whole replay. */
// As `chaperone verify` does: else the platform keeps twice as much memory as is alive, since the machine has more.
setFlagsFromString('--heap-growing-percent=60')
setFlagsFromString('--semi-space-growth-factor=1')

const [folder = '', kind = ''] = process.argv.slice(2)
const { sha256 } = nodeCrypto
const parts = new Set(readdirSync(folder))
const source = exportSource((path, offset, length) => {
  // There are no recordings here, and asking the system for each would cost more than the replay.
  if (!parts.has(path.split('/', 1)[0] ?? '')) return undefined
  const file = join(folder, path)
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined
  if (offset === 0) return readFileSync(file).subarray(0, length)
  return readFrom(file, offset, length)
})
const parsed = parseTrustRoot(readFileSync(join(folder, 'root.json'), 'utf8'))
if (!parsed.ok) throw new Error('no trust root')
const root = parsed.value
const key = parseVerifierKey(root.logKey, sha256)
if (key === undefined) throw new Error('no log key')
const opened = openCheckpoint(readFileSync(join(folder, 'checkpoint'), 'utf8'), key, nodeCrypto)
if (!opened.ok) throw new Error(opened.error.code)
const { size, root: head } = opened.value

const began = performance.now()
const cpuBegan = process.threadCpuUsage()
let detail: string | undefined
if (kind === 'floor') hashAll()
else if (kind === 'tree') must(checkTree(source, size, head, sha256).ok)
else replay()
const seconds = (performance.now() - began) / 1000
const { user, system } = process.threadCpuUsage(cpuBegan)
const cpuSeconds = (user + system) / 1e6
const megabytes = process.resourceUsage().maxRSS / 1024
process.stdout.write(JSON.stringify({ seconds, cpuSeconds, megabytes, entries: size, detail }))

function readFrom(file: string, offset: number, length: number): Uint8Array {
  const opened = openSync(file, 'r')
  try {
    const bytes = new Uint8Array(length)
    return bytes.subarray(0, readSync(opened, bytes, 0, length, offset))
  } finally {
    closeSync(opened)
  }
}

/** Every entry's bytes once through SHA-256, read from the same files. */
function hashAll(): void {
  for (let first = 0; first < size; first += tileWidth) {
    const bundle = source.read(tilePath('entries', first / tileWidth, Math.min(tileWidth, size - first)))
    const entries = decodeBundle(bundle ?? new Uint8Array())
    must(entries.ok)
    for (const entry of entries.ok ? entries.value : []) sha256(entry)
  }
}

function replay(): void {
  const result = verifyExport(source, root, nodeCrypto)
  must(result.verdict !== 'broken')
  const signed = result.rules
    .filter(({ rule }) => rule === 'decisions-signed' || rule === 'releases-signed')
    .reduce((sum, { checked }) => sum + checked, 0)
  must(signed > size / 25)
  detail = `${signed} signatures checked; ${result.rules.filter(({ verdict }) => verdict === 'proven').length} rules proven`
}

function must(claim: boolean): void {
  if (!claim) throw new Error(`${kind} failed`)
}
