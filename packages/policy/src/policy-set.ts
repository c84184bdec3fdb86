import type { Digest } from '@chaperone/encoding'
import type { CountryTable } from './country-table.ts'
import type { TableName } from './manifest.ts'

/** One rule, with what a person is told when it decides. */
export interface Policy {
  readonly id: string
  readonly effect: 'permit' | 'forbid'
  /** A key of `requirements.json`: the text on which the rule stands. */
  readonly requirement: string
  readonly reason: string
}

/** The policies of one regime, validated and held parsed by the engine under `preparsed`. */
export interface PolicySet {
  readonly regime: string
  readonly version: number
  readonly title: string
  readonly digest: Digest
  readonly policies: ReadonlyMap<string, Policy>
  readonly tables: { readonly [N in TableName]?: CountryTable | undefined }
  readonly countries: ReadonlySet<string>
  readonly preparsed: { readonly schema: string; readonly policies: string }
}

export interface Requirement {
  readonly text: string
  readonly source: string
  /** False: written from memory or from a copy; check before relying on it. */
  readonly verified: boolean
}

/** A whole policy folder; `digest` is what two officers adopt. */
export interface Policies {
  readonly digest: Digest
  readonly regimes: ReadonlyMap<string, PolicySet>
  readonly requirements: ReadonlyMap<string, Requirement>
}
