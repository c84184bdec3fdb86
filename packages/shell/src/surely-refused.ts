/**
 * Whether bash refuses a one-line text as a whole, so that nothing of it runs. It looks only for faults that no reading
 * of the text can heal and that a parser's own mistakes cannot cause: an open quote, an operator with nothing after it,
 * a bracket without its other half. Of anything less plain it says no.
 */
export function surelyRefused(text: string): boolean {
  const line = text.replace(/\\\n/g, ' ').trim()
  if (
    line.includes('\n') ||
    line.includes('<<') ||
    /\$\{|\$\(|`|\[\[|\(\(/.test(line) ||
    /(^|[\s;])case\s/.test(line)
  )
    return false
  const bare = withoutQuotes(line)
  if (bare === undefined) return true
  if (/(\|\|?|&&|[<>])\s*$/.test(bare) && !/[<>]&\s*$/.test(bare)) return true
  if (/[<>]\s*[;|)]/.test(bare.replace(/>\|/g, '>'))) return true
  if (/^\s*(\||;|&|\))/.test(bare) || /;;|\|\s+\|/.test(bare)) return true
  if (/[<>]\s+[<>]/.test(bare)) return true
  if (/^(elif|else|then|fi|done|do|esac|\})(\s|;|$)/.test(bare)) return true
  if (/^(if|for|while|until|select)\s/.test(bare) && !/\b(fi|done)\b/.test(bare)) return true
  return unbalanced(bare)
}

/** The text with quoted parts replaced and comments cut off; undefined when a quote stays open. */
function withoutQuotes(line: string): string | undefined {
  let bare = ''
  for (let i = 0; i < line.length; i += 1) {
    const char = line[i] as string
    if (char === '\\') {
      bare += 'x'
      i += 1
    } else if (char === "'" || char === '"') {
      const end = closing(line, i)
      if (end < 0) return undefined
      bare += 'x'
      i = end
    } else if (char === '#' && (i === 0 || /[\s;&|(]/.test(line[i - 1] as string))) return bare
    else bare += char
  }
  return bare
}

function closing(line: string, from: number): number {
  const quote = line[from] as string
  for (let i = from + 1; i < line.length; i += 1) {
    if (quote === '"' && line[i] === '\\') i += 1
    else if (line[i] === quote) return i
  }
  return -1
}

/** Brackets outside quotes, without patterns like `@(…)`, arrays, functions or process substitutions. */
function unbalanced(bare: string): boolean {
  if (/[@?*+!]\(|[<>]\(|=\(|\(\s*\)/.test(bare)) return false
  const opened = bare.split('(').length
  const closed = bare.split(')').length
  return (
    opened !== closed ||
    /[^\s;&|(!]\s*\(/.test(bare.replace(/(^|[\s;&|])(if|while|until|then|do|else|elif|time|!)\s*\(/g, '$1('))
  )
}
