import { compiled } from './compiled.ts'
import { readEntry } from './read-entry.ts'
import { readWords } from './read-words.ts'
import type { Scope } from './scope.ts'
import type { Entry, EntryNote } from './shape.ts'

/** An entry with the tables made from it. */
export interface Known {
  readonly entry: Entry
  readonly scope: Scope
}

// Entries are read when they are first asked for: most runs meet few programs.
const read = new Map<string, Known | undefined>()
const documented = new Map<string, Known | undefined>()

/** The entry of a program whose effects are modelled. */
export function modelled(name: string): Known | undefined {
  if (read.has(name)) return read.get(name)
  const known = readCompiled(name) ?? readCompiled(withoutVersion(name))
  if (read.size < mostRemembered) read.set(name, known)
  return known
}

/** The entry of a program whose words are explained only. */
export function spoken(name: string): Known | undefined {
  if (documented.has(name)) return documented.get(name)
  const known = readWords(name)
  if (documented.size < mostRemembered) documented.set(name, known)
  return known
}

// Names come from the command that is analysed: what is remembered must not grow with them.
const mostRemembered = 4096

function readCompiled(name: string): Known | undefined {
  const command = compiled.aliases.get(name) ?? name
  const text = compiled.entries.get(command)
  if (text === undefined) return undefined
  const note = JSON.parse(text) as EntryNote // written by scripts/knowledge/compile.ts after its check
  return { entry: { command, summary: note.summary ?? '', section: note.section }, scope: readEntry(note) }
}

/** `python3.11` is `python3`, `php8.2` is `php`; only for programs that are installed under such names. */
function withoutVersion(name: string): string {
  for (let end = name.length; end > 0 && '0123456789.-'.includes(name.charAt(end - 1)); end -= 1) {
    const stem = name.slice(0, end - 1)
    if (compiled.versioned.has(stem)) return stem
  }
  return ''
}
