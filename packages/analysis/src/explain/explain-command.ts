import type { ResolvedCommand } from '../evaluate/machine.ts'
import { baseName } from '../evaluate/paths.ts'
import { shown, textOf } from '../evaluate/value.ts'

/** One sentence for one command. */
export function explainCommand(command: ResolvedCommand): string {
  const parts = [whatItDoes(command), ...redirections(command)]
  const when = command.conditional
    ? ', if what comes before it allows it'
    : command.looped
      ? ', again and again'
      : ''
  return `${capital(parts.join(', '))}${as(command)}${when}`
}

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

function whatItDoes(command: ResolvedCommand): string {
  const first = command.fields[0]
  if (first === undefined) return assigns(command)
  const name = textOf(first.value)
  if (name === undefined) return `runs a program whose name is not known here (${first.typed})`
  if (command.local) return `runs the function ${name} that this step defines`
  const { tier, says } = command.classified
  if (says !== '') return says
  if (tier === 'modelled') return `runs ${baseName(name)}`
  if (name.includes('/')) return `runs the file ${name}`
  return `runs ${name}; what it does is not modelled`
}

function assigns(command: ResolvedCommand): string {
  if (command.assignments.length === 0)
    return command.redirects.length > 0 ? 'opens or empties a file' : 'does nothing'
  const pairs = command.assignments.map(
    ({ name, value }) => `${name} to ${shown(value) ?? 'a value that is not known here'}`,
  )
  return `sets ${pairs.join(' and ')}`
}

function redirections(command: ResolvedCommand): readonly string[] {
  return command.redirects.flatMap(({ operator, target }) => {
    const place = shown(target) ?? 'a file that is not known here'
    if (/&$|^<<|\/dev\/(null|stdout|stderr)/.test(operator + place)) return []
    if (/^\/dev\/(tcp|udp)\//.test(place)) return [`connects to ${place.slice(9)}`]
    if (operator.startsWith('<')) return [`takes its input from ${place}`]
    return [operator.includes('>>') ? `adds what it prints to ${place}` : `writes what it prints to ${place}`]
  })
}

function as(command: ResolvedCommand): string {
  const privileged = command.via.find((name) => /^(sudo|doas|su|pkexec|runuser)\b/.test(name))
  const elsewhere = command.via.find((name) => name.includes(' on '))?.replace(/^.* on /, '')
  return `${privileged === undefined ? '' : `, through ${privileged.replace(/ on .*$/, '')}`}${elsewhere === undefined ? '' : `, on ${elsewhere}`}`
}
