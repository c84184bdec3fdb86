import type { Competence } from './facts.ts'

/** What a step asks of whoever judges it; without a family, any competence in the technology will do. */
export interface NeededCompetence {
  readonly technology: string
  readonly family?: string | undefined
  readonly level?: number | undefined
}

/** `technology/family@level`, as policies and people read it. */
export function spellNeed({ technology, family, level }: NeededCompetence): string {
  return `${technology}${family === undefined ? '' : `/${family}`}@${level ?? 1}`
}

/** Whether a competence is enough for a need. */
export function covers(held: Competence, need: NeededCompetence): boolean {
  return (
    held.technology === need.technology &&
    (need.family === undefined || held.family === '*' || held.family === need.family) &&
    held.level >= (need.level ?? 1)
  )
}

/** Those of `needed` that the competences cover, spelt as policies compare them. */
export function coveredNeeds(held: readonly Competence[], needed: readonly NeededCompetence[]): string[] {
  return needed.filter((need) => held.some((one) => covers(one, need))).map(spellNeed)
}
