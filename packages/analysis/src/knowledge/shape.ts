/**
 * What is known about a command, as `knowledge/linux/*.yaml` states it. The notation is explained in
 * `knowledge/README.md`; `read-entry.ts` turns it into the tables that `classify` walks.
 */

export const effectTypes = [
  'read-file',
  'read-credential',
  'write-file',
  'delete-data',
  'list',
  'query-only',
  'config-change',
  'service-change',
  'package-change',
  'process-control',
  'schedule-change',
  'account-change',
  'privilege-change',
  'firewall-change',
  'kernel-change',
  'mount-change',
  'network-egress',
  'network-listen',
  'remote-exec',
  'download-exec',
  'exec-indirect',
  'exec-unknown-code',
  'spawn-shell',
  'persistence',
  'defense-tamper',
  'log-tamper',
  'exfiltration',
  'container-escape',
  'obfuscation',
  'display-deception',
] as const

export type EffectType = (typeof effectTypes)[number]

/** The least that a command is shown as, whatever its effects are. */
export type LevelFloor = 'routine' | 'notable' | 'high-impact'

/**
 * What a word is. `code:<language>` is a program in that language, `command` the start of another command,
 * `path-exec` a file whose content is run. Roles that mean nothing to the analysis (`interface`, `image`, …) are
 * there to be named in sentences.
 */
export type Role = string

/** The text of one YAML value: `plain text => effect place; effect place`. */
export type Note = string

/** What of an access mode matters: others' rights for whoever runs it, writing for everybody. */
export type Rights = 'setuid' | 'world-write'

/** When an argument's value matters. All texts are compared as they are, without patterns. */
export interface ValueRule {
  readonly is?: readonly string[]
  /** One of these is an item of a list separated by commas. */
  readonly any?: readonly string[]
  readonly starts?: readonly string[]
  readonly ends?: readonly string[]
  readonly has?: readonly string[]
  readonly not?: readonly string[]
  /** None of these is in it. */
  readonly lacks?: readonly string[]
  /** It is an access mode that gives one of these, as a number or in letters. */
  readonly rights?: readonly Rights[]
  /** Upper and lower case are the same. */
  readonly nocase?: boolean
  readonly effects?: readonly string[]
  /** The word is a program in this language (what follows a matched `starts` text, when there is one). */
  readonly code?: string
  readonly role?: Role
  readonly level?: LevelFloor
  readonly text?: string
}

export interface OptionDetail {
  readonly text: string
  readonly arg?: string
  readonly effects?: readonly string[]
  readonly when?: readonly ValueRule[]
  readonly level?: LevelFloor
  /** With it the command only says something about itself. */
  readonly query?: boolean
  /** With it the command only tells what it would do. */
  readonly simulates?: boolean
  /** Every text like this in the command that is run stands for one input (`xargs -I`). */
  readonly fill?: boolean
}

export interface OperandDetail {
  readonly text?: string
  readonly effects?: readonly string[]
  readonly when?: readonly ValueRule[]
}

/** A way of using a command, chosen by what stands beside it; all that apply are applied in order. */
export interface Mode {
  readonly with?: readonly string[]
  readonly without?: readonly string[]
  /** `-o=value` pairs: one of these options with exactly this value. */
  readonly given?: readonly string[]
  readonly min?: number
  readonly max?: number
  /** The first operand is one of these. */
  readonly first?: readonly string[]
  readonly summary?: string
  readonly operands?: readonly OperandNote[]
  readonly effects?: readonly string[]
  /** Effect types that do not happen in this mode. */
  readonly drop?: readonly string[]
  /** Roles that mean another role in this mode. */
  readonly roles?: Readonly<Record<string, Role>>
  /** Language of a program that is read from standard input. */
  readonly stdin?: string
  readonly level?: LevelFloor
}

/** `role`, `role*`, `role+`, `role?`, or the same as the one key of a map with its text or details. */
export type OperandNote = string | Readonly<Record<string, string | OperandDetail>>

export interface ParseRules {
  /** `-abc` is `-a -b -c`; so unless said otherwise. */
  readonly clusters?: boolean
  /** `-name` is one option (`find`, `openssl`, `java`). */
  readonly words?: boolean
  /** What follows this many operands is not looked at for options. */
  readonly stop?: number
  /** `name=value` operands are options (`dd`). */
  readonly keys?: boolean
  /** `+x` is an option. */
  readonly plus?: boolean
  /** The first operand may be options without a dash (`tar xf`). */
  readonly bundle?: boolean
  /** Sub-commands may be shortened (`ip a`). */
  readonly short?: boolean
  /** Sub-commands have only their own options (`git`). */
  readonly own?: boolean
  /** An option that is not listed (`-*`) takes the word after it, unless that begins with a dash. */
  readonly guess?: boolean
  /** `--help` and `--version` are nothing special here. */
  readonly plain?: boolean
  /** Whatever is not a known option is an operand (`echo --x`). */
  readonly literal?: boolean
  /** Nothing is an option, `--` neither (`echo` past its own). */
  readonly none?: boolean
}

/** A command or a sub-command, as written down. */
export interface CommandNote {
  readonly summary?: string
  readonly parse?: ParseRules
  /** Key: names with `=role` for an argument, `[=role]` for an optional one. */
  readonly options?: Readonly<Record<string, Note | OptionDetail>>
  readonly operands?: readonly OperandNote[]
  readonly effects?: readonly string[]
  readonly modes?: readonly Mode[]
  readonly level?: LevelFloor
  /** Key: `name|other-name operand operand`. `again` repeats the list it stands in. */
  readonly subcommands?: Readonly<Record<string, Note | CommandNote>>
  /** Language of a program that is read from standard input. */
  readonly stdin?: string
  /** Whether the command in its operands gets further words or one filled-in word from elsewhere. */
  readonly input?: 'append' | 'fill'
  /** Where a nested command runs, when not here: `host <host>`, `container <container>`. */
  readonly elsewhere?: string
  /** As whom a nested command runs: `<user|root>`. */
  readonly as?: string
  /** Language of a `path-exec` operand. */
  readonly language?: string
  /** What works out the nested commands of a small language of its own (`hooks/`). */
  readonly hook?: string
}

export interface EntryNote extends CommandNote {
  readonly command: string
  readonly aliases?: readonly string[]
  readonly section: string
  /** It is installed under names with a version, as `python3.11`. */
  readonly versioned?: boolean
}

/** One command's knowledge, ready for use. */
export interface Entry {
  readonly command: string
  readonly summary: string
  readonly section: string
}

export interface ClassifiedWord {
  readonly role: Role
  /** What this word is, in plain English; empty when not known. */
  readonly explanation: string
  /** The option's first name, when the word is one (the last of a cluster) or belongs to one. */
  readonly option?: string
  /** For `-ofile` and `--output=file`: the value inside the word, and where in it. */
  readonly attached?: { readonly role: Role; readonly value: string; readonly start: number }
}

export interface EffectInstance {
  readonly type: EffectType
  /** Empty when the effect has no particular place, `null` when the place is not known. */
  readonly place: string | null
  /** The words that it comes from, as indexes; the program when nothing else. */
  readonly words: readonly number[]
}

interface NestedBase {
  readonly why: string
  /** `host h`, `container c`, … when it does not run here. */
  readonly elsewhere?: string
  /** As which account it runs, when stated. */
  readonly as?: string
}

export type Nested =
  | (NestedBase & {
      readonly kind: 'command'
      /** Where in argv the command begins. */
      readonly from: number
      readonly to: number
      readonly words: readonly (string | null)[]
      /** Words that come from elsewhere: appended at the end, or in place of every `mark`. */
      readonly input?: { readonly how: 'append' | 'fill'; readonly mark?: string }
      /** For `find`: what is filled in lies under these paths (`null`: not known). */
      readonly under?: readonly (string | null)[]
    })
  | (NestedBase & {
      readonly kind: 'code'
      readonly language: string
      /** The first word that holds it, and all of them. */
      readonly word: number
      readonly words: readonly number[]
      /** `null` when it is not known. */
      readonly text: string | null
      /** Words after it that the code sees as positional parameters ($0, $1, …). */
      readonly parameters: readonly number[]
    })
  | (NestedBase & {
      readonly kind: 'script'
      readonly language: string
      readonly word: number
      readonly path: string | null
      readonly parameters: readonly number[]
    })
  | (NestedBase & { readonly kind: 'code-from-stdin'; readonly language: string })

/** What the knowledge says about one argv. */
export interface Classified {
  readonly entry: Entry | undefined
  /** `words`: explained from documentation, its effects are not modelled. */
  readonly tier: 'modelled' | 'words' | 'unknown'
  readonly subcommand: readonly string[]
  /** What it does, third person without a subject: `restarts nginx`. Empty when not known. */
  readonly says: string
  /** One for every word of argv, the program included. */
  readonly words: readonly ClassifiedWord[]
  readonly effects: readonly EffectInstance[]
  readonly nested: readonly Nested[]
  /** Options and sub-commands that the entry does not have. */
  readonly unknownOptions: readonly number[]
  readonly level: LevelFloor | undefined
}
