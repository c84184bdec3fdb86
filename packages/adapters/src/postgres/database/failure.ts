import { Fault } from '@chaperone/encoding'

/** The SQLSTATE of an answer of the server's; `undefined` when it never answered. */
export function sqlState(failure: unknown): string | undefined {
  const code = (failure as { readonly code?: unknown } | undefined)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (failure as object)
    ? code
    : undefined
}

/** The system's word for a socket failure (`ECONNRESET`), or that the driver lost its connection. */
function connectionLost(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false
  const code = (failure as { readonly code?: unknown }).code
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return true
  return /connection terminated|connection error|connection ended|client was closed|timeout exceeded when trying to connect|not queryable/i.test(
    failure.message,
  )
}

/** Connection lost or refused, out of disk or memory, shutting down, a system error of the server's. */
const unavailable = /^(08|53|57P|58|XX)/
/** Serialization failure, deadlock, lock not available. */
const conflict = /^(40001|40P01|55P03)$/

/**
 * The fault that a database failure is: `store-unavailable` when the store is gone, full or going
 * down, `store-conflict` when two transactions were in each other's way. Anything else (a constraint,
 * a wrong statement) is returned as it is, for who wrote the statement.
 */
export function asFault(failure: unknown, retryable: boolean): unknown {
  if (failure instanceof Fault) return failure
  const state = sqlState(failure)
  if (state !== undefined && conflict.test(state)) {
    return new Fault('store-conflict', 'two transactions were in each other’s way', {
      cause: failure,
      retryable,
    })
  }
  if (state === undefined ? connectionLost(failure) : unavailable.test(state)) {
    return new Fault('store-unavailable', 'the database cannot be used now', { cause: failure, retryable })
  }
  return failure
}

/** True for answers that mean the store may have lost what it promised: nobody may go on after one. */
export function isStorageFailure(failure: unknown): boolean {
  const state = sqlState(failure)
  if (state === undefined) return false
  if (state === 'XX001' || state === 'XX002') return true // data or index corrupted
  const message = (failure as Error).message
  return state === '58030' || /could not (fsync|fdatasync)|PANIC/.test(message)
}
