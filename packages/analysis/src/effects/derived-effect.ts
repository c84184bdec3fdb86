import type { Span } from '@chaperone/shell'
import type { ResolvedCommand } from '../evaluate/machine.ts'
import type { Flow, Value } from '../evaluate/value.ts'
import type { PlaceKind } from '../places/places.ts'

/** How an effect is shown: what it looks at, changes, sends or runs. */
export type EffectGroup = 'reads' | 'changes' | 'sends' | 'runs'

/** Something that a command does to a place. */
export interface DerivedEffect {
  readonly type: string
  /** Where, as shown; empty when it has no particular place. */
  readonly place: string
  readonly value: Value | undefined
  readonly kinds: readonly PlaceKind[]
  readonly span: Span
  /** The command that does it, by its number. */
  readonly by: number
  /** What goes into the place, or what its text comes from. */
  readonly flows: readonly Flow[]
  /** How it came about: stated by the knowledge, a redirection, carried code, a word of an unmodelled program. */
  readonly from: 'knowledge' | 'redirect' | 'code' | 'word' | 'flow'
  /** The word of the command that names the place. */
  readonly word: number | undefined
}

const groups: Readonly<Record<string, EffectGroup>> = {
  'read-file': 'reads',
  'read-credential': 'reads',
  list: 'reads',
  'query-only': 'reads',
  'network-egress': 'sends',
  exfiltration: 'sends',
  'remote-exec': 'runs',
  'download-exec': 'runs',
  'exec-indirect': 'runs',
  'exec-unknown-code': 'runs',
  'spawn-shell': 'runs',
  'container-escape': 'runs',
  obfuscation: 'runs',
}

export const groupOf = (type: string): EffectGroup => groups[type] ?? 'changes'

/** A command with everything that is known about it. */
export interface Facts {
  readonly commands: readonly ResolvedCommand[]
  readonly effects: readonly DerivedEffect[]
  readonly text: string
}
