import { Fault, fromBase64, invariant, toHex } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { Frontier, leafHash, signCheckpoint } from '@chaperone/tlog'
import type { LogKey } from '@chaperone/adapters'
import {
  leafBytesAtMost,
  type Lease,
  type Ledger,
  type LedgerEntry,
  type LedgerTransaction,
  type Transacted,
} from '@chaperone/usecases'

/** State in memory that a transaction changes as a whole or not at all. */
export interface MemoryState<Sql> {
  begin(): { readonly sql: Sql; readonly commit: () => void }
}

export interface MemoryLedgerOptions<Sql> {
  readonly state: MemoryState<Sql>
  readonly key: LogKey
  /** Milliseconds, for leases; a test's own clock. */
  readonly milliseconds?: () => number
}

export interface MemoryLedger<Sql> extends Ledger<Sql>, AsyncDisposable {
  close(): Promise<void>
}

/** The ledger in memory, with a real tree and real signatures. One transaction at a time. */
export function memoryLedger<Sql>(options: MemoryLedgerOptions<Sql>): MemoryLedger<Sql> {
  const log = memoryLog(options.key)
  const leases = memoryLeases(options.milliseconds ?? (() => performance.now()))
  let turn: Promise<unknown> = Promise.resolve()
  let closed = false
  const requireOpen = () => {
    if (closed) throw closedFault()
  }

  async function transact<T>(work: (tx: LedgerTransaction<Sql>) => Promise<T>): Promise<Transacted<T>> {
    requireOpen()
    const { sql, commit } = options.state.begin()
    const leaves: Uint8Array[] = []
    let open = true
    const append = (leaf: Uint8Array) => {
      invariant(open, 'append after the transaction ended')
      leaves.push(checkedLeaf(leaf))
    }
    try {
      const value = await work({ sql, append })
      commit()
      return { value, entries: log.append(leaves).map((index) => ({ index })) }
    } finally {
      open = false
    }
  }

  async function* subscribe(from: number, signal?: AbortSignal): AsyncGenerator<LedgerEntry> {
    const isOver = () => closed || signal?.aborted === true
    for (let at = from; !isOver(); at++) {
      await log.reached(at + 1, signal).catch(() => undefined)
      yield* isOver() ? [] : log.entries(at, at + 1)
    }
  }

  async function close(): Promise<void> {
    closed = true
    await turn
    log.end()
  }

  return {
    transact<T>(work: (tx: LedgerTransaction<Sql>) => Promise<T>) {
      const mine = turn.then(() => transact(work))
      turn = mine.catch(() => undefined)
      return mine
    },
    subscribe,
    close,
    [Symbol.asyncDispose]: close,
    entries: async (from, to) => (requireOpen(), log.entries(from, to)),
    head: async () => (requireOpen(), log.head()),
    checkpoint: async () => (requireOpen(), log.checkpoint()),
    waitFor: async (size, signal) => (requireOpen(), await log.reached(size, signal)),
    addCosignature: async (size, line) => (requireOpen(), log.cosign(size, line)),
    lease: async (name, holder, seconds) => (requireOpen(), leases(name, holder, seconds)),
  }
}

function checkedLeaf(leaf: Uint8Array): Uint8Array {
  if (leaf.length <= leafBytesAtMost) return leaf.slice()
  throw new Fault('leaf-too-large', `an entry has ${leaf.length} bytes, at most ${leafBytesAtMost} fit`, {
    retryable: true,
  })
}

function closedFault(): Fault {
  return new Fault('ledger-closed', 'this process is ending', { retryable: true })
}

function memoryLog({ verifier, sign }: LogKey) {
  const leaves: Uint8Array[] = []
  const frontier = new Frontier(nodeCrypto.sha256)
  const cosignatures = new Map<number, Map<string, string>>([[0, new Map()]])
  const waiters = new Set<() => void>()
  let ended = false

  return {
    append(added: readonly Uint8Array[]): readonly number[] {
      const first = leaves.length
      for (const leaf of added) frontier.append(leafHash(leaf, nodeCrypto.sha256))
      leaves.push(...added)
      if (added.length > 0) cosignatures.set(leaves.length, new Map())
      for (const wake of waiters) wake()
      return added.map((_, i) => first + i)
    },
    entries: (from: number, to: number): readonly LedgerEntry[] =>
      leaves.slice(from, Math.max(from, to)).map((leaf, i) => ({ index: from + i, leaf: leaf.slice() })),
    head: () => ({ size: frontier.size, root: frontier.root() }),
    checkpoint() {
      const { size } = frontier
      const note = signCheckpoint({ origin: verifier.name, size, root: frontier.root() }, verifier, sign)
      return note + [...(cosignatures.get(size)?.values() ?? [])].map((line) => `${line}\n`).join('')
    },
    cosign(size: number, line: string) {
      const bare = line.endsWith('\n') ? line.slice(0, -1) : line
      const [, name, base64] = /^— ([^\s+]+) (\S+)$/.exec(bare) ?? []
      const bytes = fromBase64(base64 ?? '')
      if (name === undefined || bytes === undefined || bytes.length < 5) {
        throw new Fault('cosignature-malformed', 'not a signature line of a note', { retryable: true })
      }
      const lines = cosignatures.get(size)
      if (lines === undefined) throw new Fault('checkpoint-unknown', `no checkpoint has size ${size}`)
      const signer = `${name} ${toHex(bytes).slice(0, 8)}`
      const known = fromBase64(/\S+$/.exec(lines.get(signer) ?? '')?.[0] ?? '')
      if (known === undefined || toHex(bytes) > toHex(known)) lines.set(signer, bare)
    },
    async reached(size: number, signal?: AbortSignal) {
      for (;;) {
        signal?.throwIfAborted()
        if (leaves.length >= size) return
        if (ended) throw closedFault()
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiters.delete(wake)
            signal?.removeEventListener('abort', wake)
            resolve()
          }
          waiters.add(wake)
          signal?.addEventListener('abort', wake)
        })
      }
    },
    end() {
      ended = true
      for (const wake of waiters) wake()
    },
  }
}

function memoryLeases(now: () => number) {
  const held = new Map<string, { token: number; end: number }>()
  return (name: string, _holder: string, seconds: number): Lease | undefined => {
    const before = held.get(name)
    if (before !== undefined && before.end > now()) return undefined
    const token = (before?.token ?? 0) + 1
    held.set(name, { token, end: now() + seconds * 1000 })
    const mine = () => {
      const current = held.get(name)
      return current?.token === token && current.end > now() ? current : undefined
    }
    return {
      token,
      remaining: () => (mine()?.end ?? now()) - now(),
      renew: async () => {
        const current = mine()
        if (current !== undefined) current.end = now() + seconds * 1000
        return current !== undefined
      },
      release: async () => {
        const current = mine()
        if (current !== undefined) current.end = now()
      },
    }
  }
}
