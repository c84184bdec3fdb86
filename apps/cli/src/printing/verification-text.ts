import { rules, type Missing, type Verdict, type Verification } from '@chaperone/verify'
import { table } from './table.ts'

const words = { proven: 'proven', broken: 'BROKEN', unproven: 'unproven' } as const

/** A verification for people: the verdict, a line a rule, and why where it is not proven. */
export function verificationText({ verdict, origin, size, root, rules: verdicts }: Verification): string {
  const rows = verdicts.map((one) => [words[one.verdict], one.rule, String(one.checked), rules[one.rule]])
  const reasons = verdicts.filter(({ verdict: each }) => each !== 'proven').flatMap(reasonsOf)
  return [
    `${origin}, ${size} entries, root ${root}: ${words[verdict]}`,
    table(['VERDICT', 'RULE', 'CHECKED', 'WHAT IT SAYS'], rows),
    ...(reasons.length === 0 ? [] : [reasons.join('\n')]),
  ].join('\n\n')
}

function reasonsOf({ rule, first, missing }: Verdict): readonly string[] {
  if (first !== null) {
    const { code, ...facts } = first.why
    const at = first.entry === null ? '' : ` at entry ${first.entry}`
    return [
      `${rule} is broken${at}: ${code}${Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts)}`}`,
    ]
  }
  return missing.map((one) => `${rule} is unproven: ${missingText(one)}`)
}

function missingText({ what, why, by, count, entry }: Missing): string {
  const who = by === null ? '' : ` by ${by}`
  return `${count} ${what} ${why}${who}${entry === null ? '' : `, first at entry ${entry}`}`
}
