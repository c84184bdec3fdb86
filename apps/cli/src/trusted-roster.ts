import { readFileSync } from 'node:fs'
import process from 'node:process'
import { fromBase64, type Instant } from '@chaperone/encoding'
import { adoptRoster, parseRoster, rosterDigest, type Roster } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { parseTrustRoot, type TrustRoot } from '@chaperone/verify'
import type { Gateway } from './gateway.ts'
import { Refused, UsageError } from './refused.ts'

const mostRosters = 10_000

/**
 * The roster in force, followed from the trust root through two officers' signatures for each version: what the gateway
 * says of it counts only as far as that. The root is `--root` or `$CHAPERONE_ROOT`.
 */
export async function trustedRoster(
  gateway: Gateway,
  rootFile: string | undefined,
  now: Instant,
): Promise<Roster> {
  const root = readRoot(rootFile ?? process.env['CHAPERONE_ROOT'])
  let held: { readonly roster: Roster; readonly digest: string } | undefined
  const { version: newest } = await gateway.call('roster', { params: { version: 0 } })
  for (let version = 1; version <= Math.min(newest, mostRosters); version++) {
    const offered = await gateway.call('roster', { params: { version } })
    const bytes = fromBase64(offered.bytes) ?? new Uint8Array()
    const digest = rosterDigest(bytes, nodeCrypto.sha256)
    const parsed = parseRoster(bytes)
    // Judged at its own date of issue: keys of officers may have expired since.
    const at = parsed.ok && parsed.value.issued < now ? parsed.value.issued : now
    const adopted = adoptRoster({ ...offered, bytes }, held?.roster, held?.digest ?? '', at, nodeCrypto)
    const rooted = held !== undefined || digest === root.rosterDigest
    if (!adopted.ok || !rooted)
      throw new Refused({ code: 'trust-root-wrong', version }, notFollowing, tellAnOfficer)
    held = { roster: adopted.value, digest }
  }
  if (held === undefined)
    throw new Refused({ code: 'trust-root-wrong', version: 0 }, notFollowing, tellAnOfficer)
  if (held.roster.expires <= now) throw new Refused({ code: 'roster-expired', expires: held.roster.expires })
  return held.roster
}

const notFollowing = 'the gateway’s rosters do not follow from the trust root'
const tellAnOfficer = 'sign nothing, and tell an officer'

function readRoot(file: string | undefined): TrustRoot {
  if (file === undefined) {
    throw new UsageError('name the trust root with --root or $CHAPERONE_ROOT: what you sign is judged by it')
  }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read \`${file}\`: ${(cause as Error).message}`)
  }
  const root = parseTrustRoot(text)
  if (!root.ok) throw new Refused(root.error, `\`${file}\` is not a trust root`)
  return root.value
}
