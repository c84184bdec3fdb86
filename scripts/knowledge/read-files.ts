import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { entrySchema } from './schema.ts'
import type { EntryFile } from './schema.ts'

export const linuxFolder = join(import.meta.dirname, '../../knowledge/linux')

/** Reads and checks every entry; throws with all that is wrong, one line each. */
export async function readEntryFiles(folder: string = linuxFolder): Promise<readonly EntryFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()
  const wrong: string[] = []
  const entries: EntryFile[] = []
  for (const name of names) {
    const result = readEntryFile(name, await readFile(join(folder, name), 'utf8'))
    if (typeof result === 'string') wrong.push(result)
    else entries.push(result)
  }
  wrong.push(...namedTwice(entries))
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return entries
}

/** The entry that a file holds, or what is wrong with it. */
export function readEntryFile(name: string, text: string): EntryFile | string {
  let value: unknown
  try {
    value = parse(text)
  } catch (fault) {
    return `${name}: ${(fault as Error).message.split('\n')[0] ?? ''}`
  }
  const result = entrySchema.safeParse(value)
  if (!result.success)
    return result.error.issues
      .flatMap((issue) => messages(issue, []))
      .map((line) => `${name}: ${line}`)
      .join('\n')
  if (`${fileName(result.data.command)}.yaml` !== name) return `${name}: is for \`${result.data.command}\``
  return result.data
}

/** `[` and `.` make poor file names. */
function fileName(command: string): string {
  return { '[': 'left-bracket', '.': 'dot', ':': 'colon' }[command] ?? command
}

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly errors?: readonly (readonly Issue[])[]
}

/** Says what is wrong inside the alternatives too, where it is deepest. */
function messages(issue: Issue, before: readonly PropertyKey[]): readonly string[] {
  const path = [...before, ...issue.path]
  const inner = (issue.errors ?? []).map((issues) => issues.flatMap((one) => messages(one, path)))
  const deepest = inner.sort((a, b) => (b[0]?.length ?? 0) - (a[0]?.length ?? 0))[0]
  return deepest ?? [`${path.map(String).join(' > ')}: ${issue.message}`]
}

function namedTwice(entries: readonly EntryFile[]): readonly string[] {
  const seen = new Map<string, string>()
  const wrong: string[] = []
  for (const { command, aliases = [], also = {} } of entries) {
    for (const name of [command, ...aliases, ...Object.keys(also)]) {
      const other = seen.get(name)
      if (other !== undefined) wrong.push(`\`${name}\` is named by ${other} and by ${command}`)
      seen.set(name, command)
    }
  }
  return wrong
}
