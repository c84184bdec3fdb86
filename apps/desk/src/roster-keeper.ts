import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, fromBase64, type Crypto, type Instant } from '@chaperone/encoding'
import { adoptRoster, parseRoster, rosterDigest, type Roster, type SignedRoster } from '@chaperone/domain'
import type { TrustRoot } from './config.ts'
import type { GatewayClient } from './gateway-client.ts'
import { Refused } from './problem.ts'

export interface RosterKeeper {
  /**
   * The highest roster that follows from the trust root, asked for afresh, and still in force. Throws `Refused` with
   * `trust-root-wrong` when what the gateway hands over does not follow, `roster-expired` when it has run out.
   */
  current(now: Instant): Promise<Roster>
}

interface Held {
  readonly roster: Roster
  readonly digest: string
}

/**
 * Follows the chain of rosters on the desk's own account. The highest one is kept in `folder`, so that after a restart
 * the gateway cannot hand over an older one. Whoever can write `folder` can choose the roster: it is the desk's alone.
 */
export function rosterKeeper(
  gateway: Pick<GatewayClient, 'rosters'>,
  root: Pick<TrustRoot, 'rosterDigest' | 'organisation'>,
  folder: string,
  crypto: Crypto,
): RosterKeeper {
  const file = join(folder, 'highest-roster.json')
  let held = load(file, crypto)

  function follow(signed: SignedRoster, now: Instant): void {
    const next = adopted(signed, held, now, crypto)
    const digest = rosterDigest(signed.bytes, crypto.sha256)
    const rooted = held !== undefined || digest === root.rosterDigest
    if (next === undefined || !rooted || next.organisation !== root.organisation) {
      throw new Refused({ code: 'trust-root-wrong', version: next?.version ?? 0 })
    }
    store(file, signed.bytes)
    held = { roster: next, digest }
  }

  return {
    async current(now) {
      const from = (held?.roster.version ?? 0) + 1
      const offered = await gateway.rosters(from)
      for (const { bytes, adoptions, version } of [...offered].sort((a, b) => a.version - b.version)) {
        // Another request may have followed further while this one waited for its answer.
        if (version > (held?.roster.version ?? 0)) {
          follow({ bytes: fromBase64(bytes) ?? new Uint8Array(), adoptions }, now)
        }
      }
      if (held === undefined) throw new Refused({ code: 'trust-root-wrong', version: 0 })
      const { expires } = held.roster
      if (expires <= now) throw new Refused({ code: 'roster-expired', expires })
      return held.roster
    },
  }
}

/**
 * Judged at the roster's own date of issue: a desk set up late must be able to follow rosters, and keys of officers,
 * that have expired since. Two officers' signatures are needed for every step of the way all the same.
 */
function adopted(
  signed: SignedRoster,
  held: Held | undefined,
  now: Instant,
  crypto: Crypto,
): Roster | undefined {
  const parsed = parseRoster(signed.bytes)
  if (!parsed.ok) return undefined
  const { issued } = parsed.value
  const at = issued < now ? issued : now
  const roster = adoptRoster(signed, held?.roster, held?.digest ?? '', at, crypto)
  return roster.ok ? roster.value : undefined
}

function load(file: string, crypto: Crypto): Held | undefined {
  if (!existsSync(file)) return undefined
  const bytes = readFileSync(file)
  const roster = parseRoster(bytes)
  // Starting over from the trust root would let the gateway choose an older roster.
  if (!roster.ok) throw new Fault('state-damaged', `${file}: is not a roster`)
  return { roster: roster.value, digest: rosterDigest(bytes, crypto.sha256) }
}

/** Durable before it is relied on: a crash leaves the old roster or the new one. */
function store(file: string, bytes: Uint8Array): void {
  const draft = `${file}.new`
  const descriptor = openSync(draft, 'w', 0o600)
  try {
    writeFileSync(descriptor, bytes)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(draft, file)
  const folder = openSync(join(file, '..'), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
