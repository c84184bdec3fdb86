import type { CodeFact, CodeReading } from './read-code.ts'

/** Reads commands of ed, ex and vi: `!` runs a command, `w` writes and `e`, `r` read a file. */
export function readEditor(text: string): CodeReading {
  const facts: CodeFact[] = []
  const commands: string[] = []
  let understood = true
  for (const line of editorLines(text)) {
    const command = line
      .replace(/^[:\s]+/, '')
      .replace(/^(sil(ent)?!?\s+)+/, '')
      .trim()
    const shell = /^[\d,.$%]*(?:r(?:ead)?\s*|w(?:rite)?\s+)?!(?!$)(.*)$/.exec(command)
    if (shell !== null) commands.push((shell[1] ?? '').trim())
    else if (/^(sh(ell)?|ter(m(inal)?)?)\b/.test(command))
      commands.push(command.replace(/^\S+\s*/, '') || 'sh')
    else if (/^(call\s+)?system(list)?\(/.test(command))
      commands.push(/["'](.*)["']/.exec(command)?.[1] ?? '$_not_known_0')
    else if (/^(py|python|py3|python3|lua|ruby|rub|perl|tcl|mzscheme)\b/.test(command))
      readOther(command, commands, facts)
    else if (/^(so|source|luafile|pyfile|rubyfile)\b/.test(command)) {
      facts.push({ type: 'exec-unknown-code', place: command.replace(/^\S+\s*/, '') })
      understood = false
    } else fileOf(command, facts)
  }
  return { facts, commands, scripts: [], printed: undefined, understood }
}

function readOther(command: string, commands: string[], facts: CodeFact[]): void {
  const runs = /(?:system|popen|execute|exec[lv]p?e?|spawn)\s*\(?\s*["']([^"']+)["']/.exec(command)
  if (runs === null) facts.push({ type: 'exec-unknown-code', place: undefined })
  else commands.push(runs[1] ?? '')
}

/** Lines between `a`, `i` or `c` and a single dot are text. */
function editorLines(text: string): readonly string[] {
  let input = false
  return text.split(/\n|(?<!\\)\|(?=\s*(?:!|w|q|sil|sh|ter|e |r |redir|echo|set))/).filter((line) => {
    if (input) {
      if (line === '.') input = false
      return false
    }
    if (/^[\d,.$%]*[aic]$/.test(line.trim())) input = true
    return true
  })
}

function fileOf(command: string, facts: CodeFact[]): void {
  const redirected = /^redir!?\s*>{1,2}\s*(\S+)/.exec(command)
  if (redirected !== null) facts.push({ type: 'write-file', place: redirected[1] })
  const file = /^[\d,.$%]*(w|wq|write|sav|saveas|e|edit|r|read|tabe|sp|vs|f)!?\s+(?!!)(\S+)$/.exec(command)
  if (file === null) return
  facts.push({
    type: /^(w|s)/.test(file[1] ?? '') && file[1] !== 'sp' ? 'write-file' : 'read-file',
    place: file[2],
  })
}
