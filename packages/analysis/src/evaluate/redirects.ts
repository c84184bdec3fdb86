import type { Redirect } from '@chaperone/shell'
import { expandWhole, expandWord } from './expand.ts'
import { placeOf, type Io, type Machine, type ResolvedRedirect } from './machine.ts'
import { absolute, fileKey } from './paths.ts'
import type { Scope } from './scope.ts'
import { concat, known, shown, textOf, unknown, withFlows, type Flow, type Value } from './value.ts'

/** Where a descriptor leads. */
interface Channel {
  readonly place: Value
  readonly content: Value | undefined
  readonly appends: boolean
}

export interface Redirected {
  readonly io: Io
  readonly resolved: readonly ResolvedRedirect[]
  /** Takes what the command printed where it goes, and gives what is left for the next one. */
  readonly finish: (output: Value) => Value
}

/** Applies the redirections of a command, in order. With `lasting`, as `exec` does, for the shell itself. */
export function applyRedirects(
  machine: Machine,
  redirects: readonly Redirect[],
  scope: Scope,
  io: Io,
  lasting = false,
): Redirected {
  if (redirects.length === 0 && scope.descriptors.size === 0)
    return { io, resolved: [], finish: (output) => output }
  const channels = new Map<string, Channel | 'closed'>()
  for (const [name, place] of scope.descriptors)
    channels.set(name, { place, content: contentOf(place, scope), appends: true })
  const resolved = redirects.map((redirect) => {
    const value = targetOf(machine, redirect, scope, io)
    open(redirect, value, channels, scope)
    const { operator, descriptor } = redirect
    return {
      operator,
      descriptor,
      target: isPath(redirect) ? absolute(value, scope) : value,
      span: placeOf(redirect.span, io),
    }
  })
  if (lasting)
    for (const [name, channel] of channels)
      if (channel !== 'closed') scope.descriptors.set(name, channel.place)
  const inside = redirectedIo(io, channels)
  return { io: inside, resolved, finish: (output) => deliver(output, channels.get('1'), scope) }
}

const isPath = (redirect: Redirect): boolean => !/^(<<|<<<|[<>]&)$/.test(redirect.operator)

function targetOf(machine: Machine, redirect: Redirect, scope: Scope, io: Io): Value {
  if (redirect.operator === '<<') {
    if (redirect.literal)
      return known(redirect.target.parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''))
    return expandWhole(machine, redirect.target, scope, io)
  }
  if (redirect.operator === '<<<')
    return concat(expandWhole(machine, redirect.target, scope, io), known('\n'))
  const fields = expandWord(machine, redirect.target, scope, io)
  return fields.length === 1 ? (fields[0]?.value ?? known('')) : unknown('not-one-file')
}

function open(
  redirect: Redirect,
  value: Value,
  channels: Map<string, Channel | 'closed'>,
  scope: Scope,
): void {
  const { operator } = redirect
  const number = String(redirect.descriptor ?? (operator.startsWith('<') ? 0 : 1))
  if (operator === '<<' || operator === '<<<') {
    channels.set(number, { place: unknown('in-the-text'), content: value, appends: false })
    return
  }
  const text = textOf(value)
  if (operator === '<&' || operator === '>&') {
    if (text === '-') channels.set(number, 'closed')
    else if (
      text !== undefined &&
      /^\d+-?$|^[A-Za-z_]\w*$/.test(text) &&
      (operator === '<&' || /^\d/.test(text))
    ) {
      const source = channels.get(text.replace(/-$/, ''))
      if (source !== undefined) channels.set(number, source)
      else if (number === '1' && text !== '1') channels.set('1', 'closed')
      return
    }
  }
  if (text === '-' && operator.endsWith('&')) return
  const channel: Channel = {
    place: absolute(value, scope),
    content: contentOf(value, scope),
    appends: operator.includes('>>'),
  }
  channels.set(number, channel)
  if (operator.startsWith('&') || (operator === '>&' && redirect.descriptor === undefined))
    channels.set('2', channel)
}

const networkPath = /^\/dev\/(tcp|udp)\//

/** What reading a place gives: text written before, or something that only the target knows. */
export function contentOf(place: Value, scope: Scope): Value {
  const key = fileKey(place, scope)
  const file = key === undefined ? undefined : scope.files.get(key)
  if (file !== undefined)
    return key?.startsWith('/dev/fd/') === true
      ? file.content
      : withFlows(file.content, [{ kind: 'file', of: key ?? '' }])
  const name = shown(absolute(place, scope)) ?? ''
  if (name === '/dev/null') return known('')
  const flow: Flow = networkPath.test(name) ? { kind: 'network', of: name } : { kind: 'file', of: name }
  return unknown('content-on-the-target', [flow, ...place.flows])
}

function redirectedIo(io: Io, channels: ReadonlyMap<string, Channel | 'closed'>): Io {
  const input = channels.get('0')
  const output = channels.get('1')
  const stdin =
    input === undefined
      ? io.stdin
      : input === 'closed'
        ? known('')
        : (input.content ?? unknown('content-on-the-target'))
  if (output === undefined) return { ...io, stdin }
  if (output === 'closed') return { ...io, stdin, sink: 'shown', sinkPlace: undefined }
  const name = shown(output.place) ?? ''
  if (networkPath.test(name)) return { ...io, stdin, sink: 'network', sinkPlace: output.place }
  if (/^\/dev\/(null|full)$/.test(name)) return { ...io, stdin, sink: 'nowhere', sinkPlace: undefined }
  if (/^\/dev\/(stdout|stderr|tty|fd\/\d+)$/.test(name))
    return { ...io, stdin, sink: 'shown', sinkPlace: undefined }
  return { ...io, stdin, sink: 'file', sinkPlace: output.place }
}

const nothing = known('')

function deliver(output: Value, channel: Channel | 'closed' | undefined, scope: Scope): Value {
  if (channel === undefined) return output
  if (channel === 'closed') return nothing
  writeFile(scope, channel.place, output, channel.appends)
  return nothing
}

/** Remembers what is written into a file, so that it is known when it is read or run later. */
export function writeFile(scope: Scope, place: Value, content: Value, appends: boolean): void {
  const key = fileKey(place, scope)
  if (key === undefined || key.startsWith('/dev/')) return
  const before = scope.files.get(key)
  const whole = !appends
    ? content
    : before === undefined
      ? appended(content, key)
      : concat(before.content, content)
  scope.files.set(key, { content: whole, executable: before?.executable === true })
}

/** What was in the file before is not known, unless it is a new one; its end is. */
const appended = (content: Value, key: string): Value =>
  content.kind === 'known' && /^(\/tmp|\/var\/tmp|\/dev\/shm|\.|[^/~])/.test(key)
    ? content
    : unknown('content-on-the-target', [...content.flows, { kind: 'file', of: key }])
