import type { ExplainedWord } from '../analysis.ts'
import type { ResolvedCommand } from '../evaluate/machine.ts'
import { mark, shown } from '../evaluate/value.ts'

/** What every word of the step is. A word that is part of several commands is explained by the one that uses it. */
export function explainWords(commands: readonly ResolvedCommand[], text: string): readonly ExplainedWord[] {
  const words = new Map<number, ExplainedWord>()
  for (const command of commands) {
    if (command.layer !== 0) continue
    addFields(words, command, text)
    for (const { name, value, span } of command.assignments) {
      const explanation = `sets ${name} to ${shown(value) ?? 'a value that is not known here'}`
      put(words, { span, text: text.slice(span.start, span.end), role: 'assignment', explanation })
    }
    for (const { operator, target, span } of command.redirects)
      put(words, {
        span,
        text: text.slice(span.start, span.end),
        role: 'redirection',
        explanation: redirection(operator, shown(target)),
      })
  }
  return [...words.values()].sort((a, b) => a.span.start - b.span.start)
}

function addFields(words: Map<number, ExplainedWord>, command: ResolvedCommand, text: string): void {
  command.fields.forEach((field, i) => {
    const classified = command.classified.words[i]
    const role = i === 0 ? 'program' : (classified?.role ?? 'text')
    const local = command.local && i === 0 ? 'a function that this step defines' : ''
    const explanation = (classified?.explanation || local).replaceAll(mark, '…')
    const { span } = field
    put(words, { span, text: text.slice(span.start, span.end), role, explanation })
  })
}

function put(words: Map<number, ExplainedWord>, word: ExplainedWord): void {
  const before = words.get(word.span.start)
  const better =
    before === undefined ||
    before.explanation === '' ||
    (word.explanation !== '' && before.role === 'command')
  if (better) words.set(word.span.start, word)
}

function redirection(operator: string, place: string | undefined): string {
  const where = place ?? 'a file that is not known here'
  if (operator === '<<') return 'text that is handed to the command'
  if (operator === '<<<') return 'a line of text that is handed to the command'
  if (operator.endsWith('&')) return 'joins one of its channels to another'
  if (/^\/dev\/(tcp|udp)\//.test(where)) return `a network connection to ${where.slice(9)}`
  if (where === '/dev/null')
    return operator.startsWith('<') ? 'gives it no input' : 'throws away what it prints'
  if (operator.startsWith('<')) return `takes its input from ${where}`
  return operator.includes('>>') ? `adds what it prints to ${where}` : `writes what it prints to ${where}`
}
