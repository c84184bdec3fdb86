import { readAwk } from './read-awk.ts'
import { readCrontab } from './read-crontab.ts'
import { readEditor } from './read-editor.ts'
import { readOther } from './read-other.ts'
import { readScript } from './read-script.ts'
import { readSed } from './read-sed.ts'
import { readSql } from './read-sql.ts'

/** What a piece of code in another language does, as far as it is plain from its text. */
export interface CodeReading {
  readonly facts: readonly CodeFact[]
  /** Shell commands that it runs. */
  readonly commands: readonly string[]
  /** Files that it runs. */
  readonly scripts: readonly string[]
  /** All that it prints, when that is constant. */
  readonly printed: string | undefined
  /** Whether every part of it is understood. */
  readonly understood: boolean
}

export interface CodeFact {
  readonly type: string
  /** Absent: not constant. */
  readonly place: string | undefined
}

const mostUnits = 64 * 1024
const unread: CodeReading = { facts: [], commands: [], scripts: [], printed: undefined, understood: false }

const readers: Readonly<Record<string, (text: string) => CodeReading | undefined>> = {
  awk: readAwk,
  crontab: readCrontab,
  sed: readSed,
  ed: readEditor,
  ex: readEditor,
  vi: readEditor,
  vim: readEditor,
  sql: readSql,
  psql: readSql,
  mysql: readSql,
  sqlite: readSql,
  python: (text) => readScript('python', text),
  perl: (text) => readScript('perl', text),
  ruby: (text) => readScript('ruby', text),
  php: (text) => readScript('php', text.replace(/^\s*<\?(php|=)?/, '').replace(/\?>\s*$/, '')),
  node: (text) => readScript('node', text),
  javascript: (text) => readScript('node', text),
  js: (text) => readScript('node', text),
  lua: (text) => readScript('lua', text),
}

/** Reads code that a command carries. What no reader knows is not understood. */
export function readCode(language: string, text: string): CodeReading {
  if (text.length > mostUnits) return unread
  return (Object.hasOwn(readers, language) ? readers[language]?.(text) : undefined) ?? readOther(text)
}
