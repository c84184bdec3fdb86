import { equalBytes, Fault, toHex, type Instant } from '@chaperone/encoding'
import type { LogStatus } from '@chaperone/contract'
import { Frontier, leafHash, openCheckpoint, parseVerifierKey, type OpenedCheckpoint } from '@chaperone/tlog'
import { contextNow, type Cosigned, type Office, type SignerClient } from '@chaperone/usecases'

/**
 * Recomputes the log's tree from the stored entries and compares every signed checkpoint with it, so that a database
 * changed behind our back is noticed here and not only by an auditor. It proves nothing to anybody else.
 */
export interface LogVerifier {
  /** Follows the log until aborted. */
  run(signal: AbortSignal): Promise<void>
  status(): Promise<LogStatus>
}

const mostEntries = 4000
const retryMilliseconds = 1000

interface Progress {
  frontier: Frontier
  verified: LogStatus['verified']
  at: Instant | null
}

export function logVerifier(
  office: Office,
  signer: SignerClient,
  feed: Cosigned,
  alarm: (code: string, facts: Readonly<Record<string, unknown>>) => void,
): LogVerifier {
  const { sha256 } = office.crypto
  const progress: Progress = { frontier: new Frontier(sha256), verified: 'not-yet', at: null }

  /** Up to the newest signed checkpoint; throws a `Fault` when the store cannot be read. */
  async function advance(): Promise<void> {
    const checkpoint = await newest(office)
    if (checkpoint === undefined || !(await append(checkpoint.size))) return broken('log-checkpoint-bad')
    if (!equalBytes(progress.frontier.root(), checkpoint.root)) return broken('log-root-differs')
    progress.verified = 'proven'
    progress.at = office.clock.now()
  }

  async function append(size: number): Promise<boolean> {
    const { frontier } = progress
    while (frontier.size < size) {
      const to = Math.min(size, frontier.size + mostEntries)
      const entries = await office.ledger.entries(frontier.size, to)
      if (entries.length === 0) return false
      for (const entry of entries) {
        if (entry.index !== frontier.size) return false
        frontier.append(leafHash(entry.leaf, sha256))
      }
    }
    return frontier.size === size
  }

  function broken(code: string): void {
    progress.verified = 'broken'
    progress.at = office.clock.now()
    alarm(code, { size: progress.frontier.size })
  }

  return {
    async run(signal) {
      while (!signal.aborted && progress.verified !== 'broken') {
        try {
          await office.ledger.waitFor(progress.frontier.size + 1, signal)
          await advance()
        } catch (error) {
          if (signal.aborted) return
          if (!(error instanceof Fault)) throw error
          await pause(retryMilliseconds, signal) // the store recovers by itself
        }
      }
    },
    async status() {
      const [head, checkpoint, signerStatus] = await Promise.all([
        office.ledger.head(),
        office.ledger.checkpoint(),
        signer.status().catch(() => undefined),
      ])
      return {
        size: head.size,
        root: toHex(head.root),
        checkpoint,
        cosignedSize: feed.size(),
        signer: {
          reachable: signerStatus !== undefined,
          isolated: signerStatus?.isolated ?? false,
          rosterVersion: signerStatus?.rosterVersion ?? 0,
          stops: signerStatus?.stops ?? 0,
        },
        verifiedSize: progress.frontier.size,
        verifiedAt: progress.at,
        verified: progress.verified,
      }
    },
  }
}

/** The newest checkpoint, if the log's key of the roster in force signed it. */
async function newest(office: Office): Promise<OpenedCheckpoint | undefined> {
  const [text, { roster }] = await Promise.all([office.ledger.checkpoint(), contextNow(office)])
  const key = parseVerifierKey(roster.log.key, office.crypto.sha256)
  const opened = key === undefined ? undefined : openCheckpoint(text, key, office.crypto)
  return opened?.ok === true ? opened.value : undefined
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
