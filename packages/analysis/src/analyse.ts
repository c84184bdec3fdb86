import { fromUtf8 } from '@chaperone/encoding'
import type { Analysis, Finding } from './analysis.ts'

export const engine = 'text-1'
export const knowledge = 'none'

/**
 * Analyses one step's bytes. This engine knows no commands: it reports text that displays as something else, and
 * says of everything else that it cannot be known. Unknown is not yes.
 */
export function analyse(interpreter: string, bytes: Uint8Array): Analysis {
  const text = fromUtf8(bytes)
  const findings = text === undefined ? [] : disguised(text)
  const whole = { start: 0, end: text?.length ?? 0 }
  const reason = text === undefined ? 'not-text' : 'no-command-knowledge'
  return {
    engine,
    knowledge,
    level: findings.length > 0 ? 'stop' : 'opaque',
    summary: `What this ${interpreter} step does is not explained here: read it, and ask when in doubt`,
    commands: [],
    effects: [],
    findings,
    words: { total: (text ?? '').split(/\s+/).filter((word) => word !== '').length, explained: 0 },
    opaque: [{ reason, span: whole }],
  }
}

// Bidirectional controls, zero-width and tag characters change what is seen and not what runs (CVE-2021-42574).
const disguise = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu

function disguised(text: string): readonly Finding[] {
  return Array.from(text.matchAll(disguise), (match) => ({
    rule: 'disguised-text',
    level: 'stop' as const,
    message: 'an invisible character changes how the text is shown, not what runs',
    techniques: ['T1036'],
    span: { start: match.index, end: match.index + match[0].length },
  }))
}
