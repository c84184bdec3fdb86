import type { OrderDocument, Roster, Statement, StepDocument, StepLine } from '@chaperone/domain'
import type {
  DecisionStatement,
  FreezeStatement,
  KillStatement,
  ReleaseLine,
  ReleaseStatement,
} from '@chaperone/domain'
import type { RecipientDocument } from './draft-documents.ts'

/** A draft of which every commitment was opened, hashed again and found to be what the statement says. */
export type CheckedDraft = CheckedDecision | CheckedRelease | CheckedAction

interface Checked<S extends Statement> {
  readonly statement: S
  /** The statement's bytes as text. */
  readonly text: string
  readonly roster: Roster
  /** The gateway's word, shown beside the ids that are signed. */
  readonly names: Readonly<Record<string, string>>
}

export interface CheckedDecision extends Checked<DecisionStatement> {
  readonly about: 'decision'
  readonly order: OrderDocument
  readonly steps: readonly CheckedStep[]
}

export interface CheckedStep {
  readonly line: StepLine
  readonly rollback: boolean
  readonly document: StepDocument
  readonly bytes: Uint8Array
  readonly files: readonly Uint8Array[]
  readonly analysis: { readonly level: string; readonly summary: string }
  readonly address: string
  readonly regime: string
}

export interface CheckedRelease extends Checked<ReleaseStatement> {
  readonly about: 'release'
  readonly pieces: readonly { readonly line: ReleaseLine; readonly bytes: Uint8Array }[]
  readonly recipient: RecipientDocument
}

export interface CheckedAction extends Checked<FreezeStatement | KillStatement> {
  readonly about: 'action'
}
