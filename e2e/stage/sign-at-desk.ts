import type { Decider } from './actor.ts'

/** Reads the desk's heading, signs with one touch, and waits until it is recorded. */
export async function signAtDesk({ desk }: Decider, heading: RegExp): Promise<void> {
  await desk.getByRole('heading', { level: 1, name: heading }).waitFor()
  await desk.getByRole('button', { name: 'Sign with my key' }).click()
  await desk.getByRole('heading', { name: 'Signed. Recorded.' }).waitFor()
}

/**
 * Says of every step that wants it that it was understood, then allows all of them with one touch. Answers how many
 * steps had to be confirmed singly.
 */
export async function allowAll(escort: Decider): Promise<number> {
  const confirmed = await confirmSteps(escort)
  await escort.page.getByRole('button', { name: /^Allow (all steps|the remaining)/ }).click()
  await signAtDesk(escort, /^You are about to allow/)
  return confirmed
}

/** Confirms singly the steps that are serious enough for it, those of a rollback only when it can be allowed. */
export async function confirmSteps({ page }: Decider): Promise<number> {
  await page.getByRole('group', { name: 'Decisions' }).waitFor()
  const boxes = await page.getByRole('checkbox', { name: /^I have understood/ }).all()
  for (const box of boxes) await box.check()
  return boxes.length
}
