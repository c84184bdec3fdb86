/** Either a value or the reason why there is none; the reason is data that a person will be shown. */
export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error }
}

/** Thrown for a bug of ours only; the edge answers 500 without detail and raises an alert. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** States what must be true whatever the input is; for input that may be wrong use a `Result`. */
export function invariant(claim: unknown, message: string): asserts claim {
  if (!claim) throw new InvariantError(message)
}

/**
 * Thrown by adapters when the world failed (disk, database, network), never for a refusal.
 * `retryable` is true only when nothing can have taken effect.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: string
  readonly retryable: boolean

  constructor(
    code: string,
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}
