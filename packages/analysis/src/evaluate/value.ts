/** Where a value came from, as far as it matters to a judgement. */
export interface Flow {
  readonly kind: 'environment' | 'file' | 'network' | 'output' | 'decoded' | 'glob' | 'input'
  /** The variable, path, address, program or decoder. */
  readonly of: string
}

/**
 * What is known of a word's text. `pattern` bounds it: backslash escapes, `*` and `?` stop at a slash, `**` does not;
 * a leading `~` is the account's home folder.
 */
export type Value =
  | { readonly kind: 'known'; readonly text: string; readonly flows: readonly Flow[] }
  | { readonly kind: 'set'; readonly texts: readonly string[]; readonly flows: readonly Flow[] }
  | {
      readonly kind: 'pattern'
      readonly pattern: string
      readonly reason: string
      readonly flows: readonly Flow[]
    }
  | { readonly kind: 'unknown'; readonly reason: string; readonly flows: readonly Flow[] }

const none: readonly Flow[] = []
export const mostTexts = 16
const mostFlows = 12

export const known = (text: string, flows: readonly Flow[] = none): Value => ({ kind: 'known', text, flows })

export const unknown = (reason: string, flows: readonly Flow[] = none): Value => ({
  kind: 'unknown',
  reason,
  flows,
})

export const pattern = (text: string, reason: string, flows: readonly Flow[] = none): Value => ({
  kind: 'pattern',
  pattern: text,
  reason,
  flows,
})

/** One of some texts; what is more than sixteen is unknown. */
export function oneOf(texts: readonly string[], flows: readonly Flow[] = none): Value {
  const distinct = [...new Set(texts)]
  if (distinct.length === 1) return known(distinct[0] as string, flows)
  if (distinct.length === 0 || distinct.length > mostTexts) return unknown('too-many-values', flows)
  return { kind: 'set', texts: distinct, flows }
}

export function addFlows(left: readonly Flow[], right: readonly Flow[]): readonly Flow[] {
  if (right.length === 0 || left === right) return left
  if (left.length === 0) return right
  const fresh = right.filter((flow) => !left.some((one) => one.kind === flow.kind && one.of === flow.of))
  return fresh.length === 0 ? left : [...left, ...fresh].slice(0, mostFlows)
}

export const withFlows = (value: Value, flows: readonly Flow[]): Value =>
  flows.length === 0 ? value : { ...value, flows: addFlows(value.flows, flows) }

/** The texts it can have, when they are bounded. */
export function textsOf(value: Value): readonly string[] | undefined {
  if (value.kind === 'known') return [value.text]
  return value.kind === 'set' ? value.texts : undefined
}

export const textOf = (value: Value): string | undefined => (value.kind === 'known' ? value.text : undefined)

export const escapePattern = (text: string): string => text.replace(/[\\*?[\]]/g, '\\$&')

/** Stands in a word for the part of it that is not known. */
export const mark = '\ue000'

/** A text for what only looks at its known parts; undefined when there are none. */
export function markedText(value: Value): string | undefined {
  if (value.kind === 'known') return value.text
  if (value.kind !== 'pattern' || value.pattern.startsWith('~')) return undefined
  return value.pattern.replace(
    /\\(.)|\*\*/g,
    (whole: string, escaped?: string) => escaped ?? (whole === '**' ? mark : whole),
  )
}

/** The value of a text in which unknown parts are marked. */
export function unmarked(text: string, reason: string, flows: readonly Flow[] = none): Value {
  if (!text.includes(mark)) return known(text, flows)
  return pattern(text.split(mark).map(escapePattern).join('**'), reason, flows)
}

const patternOf = (value: Value): string => {
  if (value.kind === 'known') return escapePattern(value.text)
  return value.kind === 'pattern' ? value.pattern : '**'
}

/** What two values written after each other are. */
export function concat(left: Value, right: Value): Value {
  const flows = addFlows(left.flows, right.flows)
  if (left.kind === 'known' && right.kind === 'known') return known(left.text + right.text, flows)
  if (left.kind === 'known' && left.text === '') return { ...right, flows }
  if (right.kind === 'known' && right.text === '') return { ...left, flows }
  const lefts = textsOf(left)
  const rights = textsOf(right)
  if (lefts !== undefined && rights !== undefined && lefts.length * rights.length <= mostTexts)
    return oneOf(
      lefts.flatMap((a) => rights.map((b) => a + b)),
      flows,
    )
  const reason = left.kind === 'unknown' || left.kind === 'pattern' ? left.reason : reasonOf(right)
  const joined = `${patternOf(left)}${patternOf(right)}`.replace(/\*{3,}/g, '**')
  return joined === '**' || joined.length > 4096 ? unknown(reason, flows) : pattern(joined, reason, flows)
}

const reasonOf = (value: Value): string =>
  value.kind === 'unknown' || value.kind === 'pattern' ? value.reason : 'too-many-values'

/** What a value is when either may have happened. */
export function join(left: Value, right: Value): Value {
  if (left === right) return left
  const flows = addFlows(left.flows, right.flows)
  if (left.kind === 'pattern' && right.kind === 'pattern' && left.pattern === right.pattern)
    return { ...left, flows }
  const lefts = textsOf(left)
  const rights = textsOf(right)
  if (lefts === undefined || rights === undefined) return unknown('set-under-a-condition', flows)
  return oneOf([...lefts, ...rights], flows)
}

/** A change to each text it can have; what is not bounded stays unknown, with its flows. */
export function mapText(value: Value, change: (text: string) => string | undefined): Value {
  const texts = textsOf(value)
  if (texts === undefined) return unknown(reasonOf(value), value.flows)
  const changed = texts.map(change)
  if (changed.some((text) => text === undefined)) return unknown('not-evaluated', value.flows)
  return oneOf(changed as string[], value.flows) // none is undefined, by the line above
}

/** How a value is shown where a place is named. */
export function shown(value: Value): string | undefined {
  if (value.kind === 'known') return value.text
  if (value.kind === 'set') return value.texts.join(' or ')
  return value.kind === 'pattern' ? value.pattern.replace(/\\(.)/g, '$1').replace(/\*\*/g, '…') : undefined
}
