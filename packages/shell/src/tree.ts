/** A half-open range of UTF-16 code units in the text that was parsed. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A whole text, or the text inside a substitution. */
export interface Script {
  readonly kind: 'script'
  readonly statements: readonly Statement[]
  readonly span: Span
}

export interface Statement {
  readonly command: Command
  readonly background: boolean
  readonly span: Span
}

export type Command =
  | SimpleCommand
  | Pipeline
  | AndOr
  | Block
  | If
  | For
  | CountingFor
  | While
  | Case
  | FunctionDefinition
  | Coprocess
  | Test
  | ArithmeticCommand

interface Node {
  readonly span: Span
  readonly redirects: readonly Redirect[]
}

export interface SimpleCommand extends Node {
  readonly kind: 'simple'
  readonly assignments: readonly Assignment[]
  readonly words: readonly (Word | Assignment)[]
}

export interface Pipeline extends Node {
  readonly kind: 'pipeline'
  readonly negated: boolean
  readonly timed: boolean
  readonly commands: readonly Command[]
}

export interface AndOr extends Node {
  readonly kind: 'and-or'
  readonly commands: readonly Command[]
  /** The operator before `commands[i + 1]`. */
  readonly operators: readonly ('&&' | '||')[]
}

/** `{ … }` or `( … )`. */
export interface Block extends Node {
  readonly kind: 'block'
  readonly subshell: boolean
  readonly body: readonly Statement[]
}

export interface If extends Node {
  readonly kind: 'if'
  readonly branches: readonly {
    readonly condition: readonly Statement[]
    readonly body: readonly Statement[]
  }[]
  readonly otherwise: readonly Statement[]
}

export interface For extends Node {
  readonly kind: 'for'
  readonly select: boolean
  readonly name: string
  /** Absent: the positional parameters. */
  readonly words: readonly Word[] | undefined
  readonly body: readonly Statement[]
}

export interface CountingFor extends Node {
  readonly kind: 'counting-for'
  readonly expressions: readonly Arithmetic[]
  readonly body: readonly Statement[]
}

export interface While extends Node {
  readonly kind: 'while'
  readonly condition: readonly Statement[]
  readonly body: readonly Statement[]
}

export interface Case extends Node {
  readonly kind: 'case'
  readonly word: Word
  readonly items: readonly {
    readonly patterns: readonly Word[]
    readonly body: readonly Statement[]
    readonly fallsThrough: boolean
  }[]
}

export interface FunctionDefinition extends Node {
  readonly kind: 'function'
  readonly name: string
  readonly body: Command
}

export interface Coprocess extends Node {
  readonly kind: 'coprocess'
  readonly body: Command
}

/** `[[ … ]]`: the words that stand in it and their operators. */
export interface Test extends Node {
  readonly kind: 'test'
  readonly words: readonly Word[]
  readonly operators: readonly string[]
}

export interface ArithmeticCommand extends Node {
  readonly kind: 'arithmetic-command'
  readonly expression: Arithmetic | undefined
}

export interface Assignment {
  readonly kind: 'assignment'
  readonly name: string
  readonly append: boolean
  readonly index: Word | undefined
  readonly value: Word | ArrayValue
  readonly span: Span
}

export interface ArrayValue {
  readonly kind: 'array'
  readonly elements: readonly { readonly key: string | undefined; readonly word: Word }[]
  readonly span: Span
}

export interface Redirect {
  readonly kind: 'redirect'
  readonly operator: RedirectOperator
  /** The descriptor's number; a name for `{fd}>`. */
  readonly descriptor: number | string | undefined
  readonly target: Word
  /** Of a here-document: whether its delimiter was quoted, so that nothing in it expands. */
  readonly literal: boolean
  readonly span: Span
}

export type RedirectOperator = '>' | '>>' | '<' | '<>' | '<&' | '>&' | '>|' | '&>' | '&>>' | '<<<' | '<<'

export interface Word {
  readonly kind: 'word'
  /** As it stands in the text. */
  readonly text: string
  readonly parts: readonly Part[]
  readonly span: Span
}

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean; readonly span: Span }
  | { readonly kind: 'tilde'; readonly user: string; readonly span: Span }
  | { readonly kind: 'glob'; readonly pattern: string; readonly span: Span }
  | {
      readonly kind: 'brace'
      readonly text: string
      readonly alternatives: readonly (readonly Part[])[]
      readonly span: Span
    }
  | {
      readonly kind: 'parameter'
      readonly parameter: Parameter
      readonly quoted: boolean
      readonly span: Span
    }
  | {
      readonly kind: 'command'
      readonly script: Script
      readonly quoted: boolean
      readonly span: Span
    }
  | {
      readonly kind: 'arithmetic'
      readonly expression: Arithmetic | undefined
      readonly quoted: boolean
      readonly span: Span
    }
  | {
      readonly kind: 'process'
      readonly direction: 'read' | 'write'
      readonly script: Script
      readonly span: Span
    }

/** `$x`, `${x[i]op…}`, `${!x}`, `${#x}`. */
export interface Parameter {
  readonly name: string
  readonly indirect: boolean
  readonly length: boolean
  readonly index: Word | undefined
  readonly operation: ParameterOperation | undefined
}

export type ParameterOperation =
  | { readonly kind: 'default'; readonly operator: string; readonly word: Word }
  | { readonly kind: 'remove'; readonly operator: '#' | '##' | '%' | '%%'; readonly pattern: Word }
  | {
      readonly kind: 'replace'
      readonly operator: '/' | '//' | '/#' | '/%'
      readonly pattern: Word
      readonly by: Word
    }
  | { readonly kind: 'slice'; readonly offset: Word; readonly length: Word | undefined }
  | { readonly kind: 'case'; readonly operator: '^' | '^^' | ',' | ',,'; readonly pattern: Word | undefined }
  | { readonly kind: 'transform'; readonly operator: string }
  | { readonly kind: 'names' }
  | { readonly kind: 'unknown' }

export type Arithmetic =
  | { readonly kind: 'operand'; readonly text: string; readonly parts: readonly Part[] }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Arithmetic
      readonly right: Arithmetic
    }
  | {
      readonly kind: 'unary'
      readonly operator: string
      readonly operand: Arithmetic
      readonly prefix: boolean
    }
  | {
      readonly kind: 'choice'
      readonly test: Arithmetic
      readonly yes: Arithmetic
      readonly no: Arithmetic
    }
  | { readonly kind: 'substitution'; readonly script: Script }

/** What is wrong with the text, and where. */
export interface SyntaxError {
  /** `open-here-document`: its end is missing; a shell warns and takes all that is left for its text. */
  readonly kind: 'syntax' | 'open-here-document' | 'limit'
  readonly message: string
  readonly span: Span
}

/** A text as far as it can be read. With errors, nobody may take the tree for what a shell would do. */
export interface Parsed {
  readonly script: Script
  readonly errors: readonly SyntaxError[]
}
