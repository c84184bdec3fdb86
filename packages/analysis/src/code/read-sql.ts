import type { CodeFact, CodeReading } from './read-code.ts'

const quoted = "'((?:[^']|'')*)'"
const programs = new RegExp(`\\b(?:to|from)\\s+program\\s+${quoted}`, 'gi')
const shells = /^\s*(?:\\!|\.(?:shell|system)\b|\\system\b|system\b|!)\s*(.+)$/gim
const pipes = /^\s*(?:\.output|\.once|\\o|\\g|pager|\\P|tee)\s+\|?\s*(.+)$/gim
const reads = new RegExp(
  `\\b(?:pg_read_file|pg_read_binary_file|lo_import|load_file|readfile)\\s*\\(\\s*${quoted}|\\bcopy\\s+\\S+(?:\\s*\\([^)]*\\))?\\s+from\\s+${quoted}|infile\\s+${quoted}`,
  'gi',
)
const writes = new RegExp(
  `\\bcopy\\b[\\s\\S]*?\\bto\\s+${quoted}|\\blo_export\\s*\\([^,]*,\\s*${quoted}|into\\s+(?:outfile|dumpfile)\\s+${quoted}|writefile\\s*\\(\\s*${quoted}`,
  'gi',
)

const statements: readonly (readonly [RegExp, string])[] = [
  [/^\s*(drop|delete|truncate)\b/i, 'delete-data'],
  [/^\s*(create|alter|drop)\s+(user|role|login)\b/i, 'account-change'],
  [/^\s*(grant|revoke|reassign)\b/i, 'privilege-change'],
  [
    /^\s*(insert|update|replace|merge|create|alter|comment|call|load|import|refresh|copy\b.*\bfrom)\b/i,
    'config-change',
  ],
  [
    /^\s*do\b|\bcreate\s+(or\s+replace\s+)?(function|procedure|extension|trigger)\b|xp_cmdshell|load_extension|\bcreate\s+language\b/i,
    'exec-unknown-code',
  ],
  [/^\s*(set\s+global|alter\s+system|reset\s+master|purge)\b/i, 'config-change'],
  [/pg_terminate_backend|pg_cancel_backend|^\s*kill\b/i, 'process-control'],
]

/** Reads SQL and the commands of its clients: what the statements change, and what leaves the database. */
export function readSql(text: string): CodeReading {
  const facts: CodeFact[] = []
  const all = (pattern: RegExp) =>
    Array.from(text.matchAll(pattern), (match) => match.slice(1).find((one) => one !== undefined) ?? '')
  const commands = [
    ...all(programs),
    ...all(shells),
    ...Array.from(text.matchAll(pipes), (m) => (/\|/.test(m[0]) ? (m[1] ?? '') : '')),
  ].filter((one) => one !== '')
  for (const place of all(reads)) facts.push({ type: 'read-file', place })
  for (const place of all(writes)) facts.push({ type: 'write-file', place })
  for (const match of text.matchAll(/^\s*(?:\.output|\.once|\\o)\s+([^|\s]\S*)/gim))
    facts.push({ type: 'write-file', place: match[1] })
  for (const match of text.matchAll(/^\s*(?:\.read|\.import|\\i|source|\\\.)\s+(\S+)/gim))
    facts.push({ type: 'read-file', place: match[1] })
  for (const statement of text.split(';'))
    for (const [pattern, type] of statements)
      if (pattern.test(statement)) facts.push({ type, place: tableOf(statement) })
  const understood = !facts.some((fact) => fact.type === 'exec-unknown-code')
  return { facts, commands, scripts: [], printed: undefined, understood }
}

const tableOf = (statement: string): string | undefined =>
  /^\s*(?:drop|truncate|create|alter)\s+(?:or\s+replace\s+)?\w+\s+(?:if\s+(?:not\s+)?exists\s+)?([\w."`]+)|^\s*(?:delete\s+from|update|insert\s+into|truncate)\s+([\w."`]+)/i
    .exec(statement)
    ?.slice(1)
    .find((one) => one !== undefined)
