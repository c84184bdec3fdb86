import type { EffectType } from './shape.ts'

/** What a word with this role is, for a sentence. */
export const roleTexts: Readonly<Record<string, string>> = {
  program: 'the program that is run',
  subcommand: 'what the program is asked to do',
  'path-read': 'file that is read',
  'path-write': 'file that is written',
  'path-delete': 'file or folder that is deleted',
  'path-list': 'folder or file that is looked at',
  'path-exec': 'file whose content is run',
  'path-meta': 'file or folder whose name, owner or rights are concerned',
  path: 'file or folder',
  url: 'address on the network',
  host: 'another machine',
  'remote-path': 'file on another machine',
  user: 'account',
  group: 'group of accounts',
  service: 'service',
  package: 'software package',
  pid: 'number of a running process',
  process: 'name of a running process',
  pattern: 'text to look for',
  number: 'number',
  digits: 'number',
  detail: 'detail',
  mode: 'access rights',
  duration: 'length of time',
  time: 'point in time',
  text: 'text',
  secret: 'secret, such as a password',
  command: 'command that is run',
  signal: 'signal',
  interface: 'network connection',
  address: 'network address',
  port: 'network port',
  container: 'container',
  image: 'container image',
  database: 'database',
  variable: 'named value',
  name: 'name',
  key: 'name of a setting',
  size: 'size',
  format: 'how the output looks',
  archive: 'archive file',
  device: 'disk or other device',
  cluster: 'cluster',
  punctuation: 'groups what stands around it',
}

/** What happens to the word itself, by its role. */
export const roleEffects: Readonly<Record<string, EffectType>> = {
  'path-read': 'read-file',
  'path-write': 'write-file',
  'path-delete': 'delete-data',
  'path-list': 'list',
  // Whatever runs a file reads it, and most programs show what they could not run.
  'path-exec': 'read-file',
}

const languages: Readonly<Record<string, string>> = {
  sh: 'shell commands',
  sql: 'database statements',
}

/** Says what a role is; empty for a role that nobody named. */
export function roleText(role: string): string {
  if (role.startsWith('code:')) {
    const language = role.slice('code:'.length)
    return `${languages[language] ?? `program in ${language}`} that is run`
  }
  return roleTexts[role] ?? ''
}
