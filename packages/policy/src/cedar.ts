import type {
  checkParsePolicySet,
  policySetTextToParts,
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'

/**
 * The parts of Cedar that are used. Whoever controls it decides: it is trusted. It keeps what it has parsed by name in
 * the memory of its thread, so a policy set answers in the thread that opened it only.
 */
export interface Cedar {
  readonly checkParsePolicySet: typeof checkParsePolicySet
  readonly policySetTextToParts: typeof policySetTextToParts
  readonly policyToJson: typeof policyToJson
  readonly preparsePolicySet: typeof preparsePolicySet
  readonly preparseSchema: typeof preparseSchema
  readonly statefulIsAuthorized: typeof statefulIsAuthorized
  readonly validate: typeof validate
}

/** Loads the engine, which takes longer than most commands do: only when something is to be decided. */
export function loadCedar(): Promise<Cedar> {
  return import('@cedar-policy/cedar-wasm/nodejs')
}
