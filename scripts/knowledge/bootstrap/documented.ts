/** What documentation says of a program's words. Nothing here says what the program does to a machine. */
export interface Documented {
  text: string
  /** Key as in an entry: `-o --output=path`. */
  options: Record<string, string>
  subcommands: Record<string, Documented>
}

export function emptyDocumented(text = ''): Documented {
  return { text, options: {}, subcommands: {} }
}

const longestText = 72

/** One short plain line: no markup, no full stop, third person. */
export function plainText(text: string): string {
  const first = (text.split('\n')[0] ?? '')
    .replaceAll(/[`*<>]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const sentence = first.split(/[.;] /)[0] ?? ''
  const short = sentence.length <= longestText ? sentence : `${cutAtWord(sentence)}…`
  return thirdPerson(short.replace(/[.:,;]+$/, ''))
}

function cutAtWord(text: string): string {
  const cut = text.slice(0, longestText)
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), longestText / 2))
}

const verbs = new Set(
  `abort accept activate add adjust allow always append apply ask assume attach authenticate avoid begin bind block break
  build bypass cache call cancel capture change check choose clean clear clone close collect colorize combine commit compare
  compile complete compress compute configure confirm connect consider contain continue control convert copy count create
  cut decode decompress decrease decrypt define delete deploy deny describe destroy detach detect determine disable discard
  display do download drop dump edit emit emulate enable encode encrypt end enforce ensure enter erase escape evaluate exclude
  execute exit expand export extract fail fetch filter find finish flush follow force format forward generate get give go
  grant group handle hide highlight hold identify ignore import include increase indicate infer inherit init initialize
  inject insert inspect install interpret invoke join keep kill launch let leave limit link list listen load lock log look
  make manage map mark match measure merge migrate minimize mirror modify monitor mount move mute name never normalize
  obtain omit only open optimize order output overwrite pack parse pass pause perform permit pick pin place play prefix
  prepare prepend preserve prevent print process produce prompt protect provide prune publish pull push put query quit raise
  read rebase rebuild receive record recurse redirect reduce refresh register reject release reload remove rename render
  repair repeat replace report request require reset resolve restart restore restrict retain retrieve retry return reuse
  reverse revert revoke rewrite rotate run save scale scan search select send separate serve set shorten show shuffle shut
  sign silence simulate skip sort specify split start stop store stream strip submit subscribe suppress suspend switch sync
  synchronize tag take tell terminate test timeout toggle touch trace track transform translate treat trim truncate try turn
  unmount uninstall unlock unpack unset update upgrade upload use validate verify view wait walk warn watch work wrap write`.split(
    /\s+/,
  ),
)
const adverbs = new Set(['always', 'never', 'only'])

function thirdPerson(text: string): string {
  const [word = '', ...rest] = text.split(' ')
  const lower = word.toLowerCase()
  if (lower === "don't" || (lower === 'do' && rest[0] === 'not'))
    return ['does not', ...rest.slice(lower === 'do' ? 1 : 0)].join(' ')
  if (adverbs.has(lower) && verbs.has(rest[0] ?? ''))
    return [lower, conjugated(rest[0] ?? ''), ...rest.slice(1)].join(' ')
  if (verbs.has(lower) && !adverbs.has(lower)) return [conjugated(lower), ...rest].join(' ')
  return /^[A-Z][a-z]+$/.test(word) ? [lower, ...rest].join(' ') : text
}

function conjugated(verb: string): string {
  if (/(s|x|z|ch|sh|o)$/.test(verb)) return `${verb}es`
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ies` : `${verb}s`
}

const optionName = /^(--?[A-Za-z0-9#?@][A-Za-z0-9_.+-]*|-[A-Za-z0-9#?@])$/

/** Adds an option; the first source that names one decides. */
export function addOption(to: Documented, names: readonly string[], text: string, arg: string): void {
  const taken = new Set(Object.keys(to.options).flatMap((key) => key.split(' ').map(bareName)))
  const fresh = [...new Set(names)].filter((name) => optionName.test(name) && !taken.has(name))
  const last = fresh.pop()
  if (last === undefined) return
  to.options[[...fresh, last + arg].join(' ')] = plainText(text)
}

export function bareName(token: string): string {
  return token.replace(/\[?=.*$/, '')
}

/** Adds what another source knows and this one does not. */
export function merge(into: Documented, from: Documented): void {
  into.text ||= from.text
  for (const [key, text] of Object.entries(from.options)) {
    const arg = /(\[=[^\]]*\]|=.*)$/.exec(key)?.[0] ?? ''
    addOption(into, key.split(' ').map(bareName), text, arg)
  }
  for (const [name, sub] of Object.entries(from.subcommands)) {
    const known = into.subcommands[name]
    if (known === undefined) into.subcommands[name] = sub
    else merge(known, sub)
  }
}

const largest = 64_000

/** Takes away what is said twice and, of the very large, what lies deepest. */
export function pruned(documented: Documented): Documented {
  const once = withoutRepeats(documented, new Set())
  if (JSON.stringify(once).length <= largest) return once
  const flatter = mapSubCommands(once, (sub) => mapSubCommands(sub, ({ text }) => emptyDocumented(text)))
  if (JSON.stringify(flatter).length <= largest) return flatter
  return mapSubCommands(flatter, (sub) => ({ ...emptyDocumented(sub.text), subcommands: sub.subcommands }))
}

function withoutRepeats(documented: Documented, above: ReadonlySet<string>): Documented {
  const options = Object.entries(documented.options).filter(([key]) => !above.has(key))
  const here = new Set([...above, ...Object.keys(documented.options)])
  return mapSubCommands({ ...documented, options: Object.fromEntries(options) }, (sub) =>
    withoutRepeats(sub, here),
  )
}

function mapSubCommands(documented: Documented, change: (sub: Documented) => Documented): Documented {
  const subs = Object.entries(documented.subcommands).map(([name, sub]) => [name, change(sub)] as const)
  return { ...documented, subcommands: Object.fromEntries(subs) }
}
