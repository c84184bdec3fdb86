import { kindsOfPath, type PlaceKind } from '../places/places.ts'
import type { CodeFact, CodeReading } from './read-code.ts'

const path = /(?:^|[\s"'`(=>,|])((?:~|\/)[\w.@+-]*(?:\/[\w.@+-]+)+)/g
const shell = /(?:^|[\s"'`(=,|!])\/(?:usr\/)?bin\/(?:ba|da|z|k|c)?sh(?=[\s"'`),;]|$)/
const guarded: readonly PlaceKind[] = [
  'accounts',
  'privileges',
  'login-keys',
  'schedule',
  'service',
  'start-up',
  'preload',
]

/**
 * Code in a language that is not followed is not understood, whatever it says. But the places that it names are there to
 * be read: a secret file, one that decides who may do what, a shell.
 */
export function readOther(text: string): CodeReading {
  const facts: CodeFact[] = []
  for (const match of text.matchAll(path)) {
    const place = match[1] ?? ''
    const kinds = kindsOfPath(place)
    if (kinds.some((kind) => guarded.includes(kind))) facts.push({ type: 'write-file', place })
    if (kinds.includes('credential')) facts.push({ type: 'read-file', place })
  }
  if (shell.test(text)) facts.push({ type: 'spawn-shell', place: '/bin/sh' })
  return { facts, commands: [], scripts: [], printed: undefined, understood: false }
}
