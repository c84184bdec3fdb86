import { isUntrustedFolder, isWorldWritable } from '../places/folders.ts'
import { runPrompt } from './expand.ts'
import { cannotKnow, type Act, type Io, type Machine } from './machine.ts'
import { baseName } from './paths.ts'
import { record } from './run-program.ts'
import { addAct, runScriptFile } from './script-file.ts'
import type { Scope } from './scope.ts'
import { shown, textOf, type Value } from './value.ts'

const loaded =
  /^(LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|GCONV_PATH|PYTHONPATH|PYTHONSTARTUP|PYTHONHOME|PERL5LIB|RUBYLIB|NODE_PATH|LUA_PATH)$/
const started = /^(BASH_ENV|ENV)$/
const commands =
  /^(PAGER|EDITOR|VISUAL|MANPAGER|GIT_PAGER|GIT_EDITOR|GIT_SEQUENCE_EDITOR|GIT_SSH_COMMAND|GIT_SSH|GIT_ASKPASS|GIT_PROXY_COMMAND|GIT_EXTERNAL_DIFF|SYSTEMD_PAGER|SYSTEMD_EDITOR|SUDO_EDITOR|SUDO_ASKPASS|SSH_ASKPASS|LESSOPEN|LESSCLOSE|RSYNC_RSH|CVS_RSH|KUBE_EDITOR|BROWSER|FCEDIT|MANROFFOPT|PSQL_EDITOR|PSQL_PAGER|SHELL|PERL5DB)$/
const namedCommands = /_(COMMAND|CMD|HOOK)$/
const prompts = /^(PS[0124]|PROMPT_COMMAND)$/
const options =
  /^(PERL5OPT|RUBYOPT|NODE_OPTIONS|PYTHONWARNINGS|JAVA_TOOL_OPTIONS|TAR_OPTIONS|LESS|VIMINIT|EXINIT)$/

/** Variables that make programs run something: what they name is followed like any other command. */
export function environmentCode(machine: Machine, name: string, value: Value, scope: Scope, io: Io): void {
  const span = io.span ?? { start: 0, end: 0 }
  const text = textOf(value)
  if (text === '' && !/^HIST/.test(name)) return
  const note = (act?: Act) =>
    record(machine, [], scope, io, {
      assignments: [{ name, value, span }],
      redirects: [],
      span,
      ...(act && { acts: [act] }),
    })
  if (loaded.test(name)) {
    if (!loadsUnseen(name, value)) return
    note({ type: 'exec-unknown-code', place: value, flows: value.flows })
    cannotKnow(machine, 'loads-unseen-code', span, shown(value) ?? name)
  } else if (started.test(name)) {
    note()
    runScriptFile(machine, { path: value, language: 'sh', span, parameters: [] }, scope, {
      ...io,
      via: [...io.via, name],
    })
  } else if (commands.test(name) || namedCommands.test(name)) runCommandOf(machine, name, value, scope, io)
  else if (prompts.test(name)) {
    if (text === undefined || !/[$`]\(|`/.test(text)) {
      if (name === 'PROMPT_COMMAND') runCommandOf(machine, name, value, scope, io)
      return
    }
    note()
    runPrompt(machine, value, scope, { ...io, via: [...io.via, name] })
    addAct(machine, 'exec-indirect', value, value.flows)
  } else if (options.test(name)) noteOptions(machine, name, text, note, span)
  else if (name === 'PATH' && searchesUntrusted(text ?? shown(value))) {
    note({ type: 'exec-unknown-code', place: value, flows: value.flows })
    cannotKnow(machine, 'search-path', span, shown(value))
  }
}

function noteOptions(
  machine: Machine,
  name: string,
  text: string | undefined,
  note: (act?: Act) => unknown,
  span: Io['span'],
): void {
  if (
    text !== undefined &&
    !/-M|-r|-e\b|--require|--import|-javaagent|checkpoint|!|system|-I\s*\//.test(text)
  )
    return
  note()
  cannotKnow(machine, 'loads-unseen-code', span ?? { start: 0, end: 0 }, text ?? name)
}

function runCommandOf(machine: Machine, name: string, value: Value, scope: Scope, io: Io): void {
  const text = textOf(value)
  if (text === undefined && !commands.test(name)) return
  if (text !== undefined && isPlainProgram(text)) return
  const span = io.span ?? { start: 0, end: 0 }
  record(machine, [], scope, io, {
    assignments: [{ name, value, span }],
    redirects: [],
    span,
    acts: [{ type: 'exec-indirect', place: value, flows: value.flows }],
  })
  const code = {
    language: 'sh',
    text: value,
    how: `the variable ${name}`,
    span,
    inPlace: false,
    positional: [],
  }
  machine.runCode(machine, code, scope, { ...io, via: [...io.via, name] })
}

/** `EDITOR=nano`: a program of the system and nothing else. */
const isPlainProgram = (text: string): boolean =>
  /^[\w./+-]+( -[\w]+)*$/.test(text) &&
  !isUntrustedFolder(text) &&
  !/^(ba|da|z|k|a|c)?sh$/.test(baseName(text))

function loadsUnseen(name: string, value: Value): boolean {
  const text = textOf(value)
  if (text === undefined) return value.flows.some((flow) => flow.kind !== 'environment')
  const paths = text.split(/[:\s]+/).filter((path) => path !== '')
  const unsafe = /^(LD_|GCONV)/.test(name) ? isUntrustedFolder : isWorldWritable
  return paths.some((path) => (path.includes('/') ? unsafe(path) : name === 'LD_PRELOAD' || path === '.'))
}

/** Folders where anybody may put a program, looked into before the system's own. */
function searchesUntrusted(text: string | undefined): boolean {
  if (text === undefined) return false
  const folders = text.split(':')
  const system = folders.findIndex((folder) => /^\/(usr\/)?s?bin$/.test(folder))
  const before = system < 0 ? folders : folders.slice(0, system)
  return before.some((folder) => folder === '.' || (folder !== '' && isWorldWritable(folder)))
}
