import type { Known } from './look-up.ts'
import { readEntry } from './read-entry.ts'
import type { CommandNote, EntryNote, OperandNote } from './shape.ts'
import words from './words.json' with { type: 'json' }

/** Text, options, sub-commands, as the documentation has them. */
type Compact = readonly [
  text: string,
  options?: Readonly<Record<string, string>>,
  subcommands?: Readonly<Record<string, Compact>>,
]

const all: Readonly<Record<string, string>> = words

/** The words of a program of which only its documentation is known; it claims no effects. */
export function readWords(name: string): Known | undefined {
  const text = Object.hasOwn(all, name) ? all[name] : undefined
  if (text === undefined) return undefined
  if (text.startsWith('=')) return readWords(text.slice(1))
  const note: EntryNote = { ...noteOf(JSON.parse(text) as Compact), command: name, section: 'documented' }
  return {
    entry: { command: name, summary: note.summary ?? '', section: note.section },
    scope: readEntry(note),
  }
}

const operands: readonly OperandNote[] = [
  {
    'text*': {
      text: 'what the program works on',
      when: [
        { has: ['://'], role: 'url', text: 'address on the network that the program works on' },
        { has: ['/'], role: 'path', text: 'file or folder that the program works on' },
      ],
    },
  },
]

function noteOf([summary, options = {}, subcommands]: Compact): CommandNote {
  // Documentation does not say which programs take letters together: a dash and a word may be one option.
  const note: CommandNote = { summary, options, operands, parse: { words: true } }
  if (subcommands === undefined) return note
  const subs = Object.entries(subcommands).map(([name, sub]) => [name, noteOf(sub)] as const)
  return { ...note, subcommands: Object.fromEntries(subs) }
}
