import {
  err,
  ok,
  toBase64,
  toHex,
  utf8,
  type Digest,
  type Instant,
  type PersonId,
  type Result,
} from '@chaperone/encoding'
import {
  adoptRoster,
  checkStatement,
  officersNeeded,
  rosterDigest,
  type Roster,
  type SignedRoster,
  type SignedStatement,
  type Statement,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import type { AcceptedHead, News } from './journal-record.ts'
import type { Memory } from './memory.ts'
import type { Refusal } from './refusal.ts'
import type { TrustRoot } from './trust-root.ts'

/** What is to be remembered, or null where it is known already. */
type Taken = Result<News | null, Refusal>

/** Judges a roster: the first by the trust root, every later one by two officers of the one held. */
export function takeRoster(signed: SignedRoster, memory: Memory, root: TrustRoot, at: Instant): Taken {
  const held = memory.roster
  const digest = rosterDigest(signed.bytes, nodeCrypto.sha256)
  if (held?.digest === digest) return ok(null)
  if (held === undefined && digest !== root.rosterDigest)
    return err({ code: 'roster-not-trusted', expected: root.rosterDigest })
  const adopted = adoptRoster(signed, held?.parsed, held?.digest ?? '', at, nodeCrypto)
  if (!adopted.ok) {
    const older = adopted.error.code === 'roster-not-next' && adopted.error.version < adopted.error.expected
    return older && held !== undefined ? err({ code: 'roster-older', held: held.parsed.version }) : adopted
  }
  const { log } = adopted.value
  if (log.origin !== root.origin || log.key !== root.logKey)
    return err({ code: 'roster-other-log', origin: log.origin })
  return ok({ type: 'roster-held', bytes: toBase64(signed.bytes), adoptions: signed.adoptions })
}

/** Judges a stop that an officer delivers: one signature latches it. */
export function takeStop(signed: SignedStatement, memory: Memory, at: Instant): Taken {
  const roster = memory.roster?.parsed
  if (roster === undefined) return err({ code: 'roster-missing' })
  const checked = checkStatement(signed, roster, at, nodeCrypto)
  if (!checked.ok) return checked
  const { statement } = checked.value
  if (statement.kind !== 'stop') return err({ code: 'statement-not-for-this', field: 'kind' })
  const stop = stopDigest(signed)
  const { scope, value, expires } = statement
  if (memory.stops.has(stop)) return ok(null)
  // A stop is latched once: delivered again after it was lifted, it would undo what two officers signed.
  if (memory.lifted.has(stop)) return err({ code: 'stop-lifted', stop })
  if (expires !== 'never' && expires <= at) return err({ code: 'stop-expired', expires })
  return ok({ type: 'stop-latched', stop, scope, value, expires })
}

/** Judges a lift: two officers. */
export function takeLift(
  stop: Digest,
  statements: readonly SignedStatement[],
  memory: Memory,
  at: Instant,
): Taken {
  if (memory.lifted.has(stop)) return ok(null)
  if (!memory.stops.has(stop)) return err({ code: 'stop-unknown', stop })
  const refusal = liftRefusal(stop, statements, memory, at)
  return refusal === undefined ? ok({ type: 'stop-lifted', stop }) : err(refusal)
}

/** Why these statements do not lift that stop, whether it is latched or not. */
export function liftRefusal(
  stop: Digest,
  statements: readonly SignedStatement[],
  memory: Memory,
  at: Instant,
): Refusal | undefined {
  return unlessTwoOfficers(statements, memory.roster?.parsed, at, (statement) => {
    if (statement.kind !== 'lift') return 'kind'
    return statement.stop === stop ? undefined : 'stop'
  })
}

/** Judges a recovery: two officers accept a head for the next epoch. */
export function takeRecovery(statements: readonly SignedStatement[], memory: Memory, at: Instant): Taken {
  let accepted: AcceptedHead | undefined
  const refusal = unlessTwoOfficers(statements, memory.roster?.parsed, at, (statement) => {
    if (statement.kind !== 'recovery') return 'kind'
    const { epoch, logSize: size, logRoot: root } = statement
    accepted ??= { epoch, size, root }
    return accepted.epoch === epoch && accepted.size === size && accepted.root === root ? undefined : 'head'
  })
  if (refusal !== undefined) return err(refusal)
  const expected = memory.epoch + 1
  if (accepted?.epoch !== expected) return err({ code: 'recovery-not-next', expected })
  return ok({ type: 'recovered', ...accepted })
}

/** SHA-256 of a stop statement's text, which is what a lift names. */
export function stopDigest({ text }: SignedStatement): Digest {
  return toHex(nodeCrypto.sha256(utf8(text)))
}

function unlessTwoOfficers(
  statements: readonly SignedStatement[],
  roster: Roster | undefined,
  at: Instant,
  wrongField: (statement: Statement) => string | undefined,
): Refusal | undefined {
  if (roster === undefined) return { code: 'roster-missing' }
  const officers = new Set<PersonId>()
  for (const signed of statements) {
    const checked = checkStatement(signed, roster, at, nodeCrypto)
    if (!checked.ok) return checked.error
    const field = wrongField(checked.value.statement)
    if (field !== undefined) return { code: 'statement-not-for-this', field }
    officers.add(checked.value.person)
  }
  return officers.size >= officersNeeded ? undefined : { code: 'officers-needed', officers: [...officers] }
}
