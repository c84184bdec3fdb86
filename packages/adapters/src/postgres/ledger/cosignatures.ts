import { Fault, fromBase64, toHex } from '@chaperone/encoding'
import { asFault, sqlState } from '../database/failure.ts'
import { readCheckpoint, type Queryable } from './log-tables.ts'

/** A witness's line as it stands in a note. Longer ones are of no algorithm that we know. */
const longestLine = 8192
const foreignKeyMissing = '23503'

/** Keeps a line with its checkpoint. Faults: `cosignature-malformed`, `checkpoint-unknown`. */
export async function keepCosignature(db: Queryable, size: number, line: string): Promise<void> {
  const bare = line.endsWith('\n') ? line.slice(0, -1) : line
  if (readLine(bare) === undefined) {
    throw new Fault('cosignature-malformed', 'not a signature line of a note', { retryable: true })
  }
  try {
    await db.query('insert into cosignature (size, line) values ($1, $2) on conflict do nothing', [
      size,
      bare,
    ])
  } catch (failure) {
    if (sqlState(failure) !== foreignKeyMissing) throw asFault(failure, true)
    throw new Fault('checkpoint-unknown', `no checkpoint has size ${size}`, { retryable: true })
  }
}

/** The newest checkpoint with its cosignatures; a witness that cosigned again counts with its latest time. */
export async function cosignedCheckpoint(
  db: Queryable,
): Promise<{ readonly size: number; readonly note: string }> {
  const checkpoint = await readCheckpoint(db)
  if (checkpoint === undefined)
    throw new Fault('store-unavailable', 'nothing was signed yet', { retryable: true })
  const { rows } = await db.query<{ line: string }>({
    name: 'ledger-cosignatures',
    text: 'select line from cosignature where size = $1 order by line',
    values: [checkpoint.size],
  })
  const latest = new Map<string, SignatureLine>()
  for (const parsed of rows.map(({ line }) => readLine(line))) {
    const known = parsed && latest.get(parsed.signer)
    if (parsed !== undefined && (known === undefined || parsed.rest > known.rest))
      latest.set(parsed.signer, parsed)
  }
  const lines = [...latest.values()].map(({ line }) => `${line}\n`)
  return { size: checkpoint.size, note: checkpoint.note + lines.join('') }
}

interface SignatureLine {
  readonly line: string
  /** Name and key id. */
  readonly signer: string
  /** In hex, so that the time it begins with sorts. */
  readonly rest: string
}

function readLine(line: string): SignatureLine | undefined {
  const [, name, base64] = (line.length <= longestLine && /^— ([^\s+]+) (\S+)$/.exec(line)) || []
  const bytes = fromBase64(base64 ?? '')
  if (name === undefined || bytes === undefined || bytes.length < 5) return undefined
  const hex = toHex(bytes)
  return { line, signer: `${name} ${hex.slice(0, 8)}`, rest: hex.slice(8) }
}
