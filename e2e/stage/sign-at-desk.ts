import { expect } from 'vitest'
import { readAnswer } from '../../demo/script/understand.ts'
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
  await sayFirst(escort)
  const confirmed = await confirmSteps(escort)
  await escort.page.getByRole('button', { name: /^Allow (all steps|the remaining)/ }).click()
  await signAtDesk(escort, /^You are about to allow/)
  return confirmed
}

/** Says of each step that is asked about what its text says that it does. */
export async function sayFirst({ page }: Decider): Promise<void> {
  await page.getByRole('group', { name: 'Decisions' }).waitFor()
  const open = page.getByRole('article').filter({ has: page.getByRole('button', { name: 'I don’t know' }) })
  while ((await open.count()) > 0) {
    const step = open.first()
    const text = await step.getByRole('region', { name: /^Exact bytes/ }).innerText()
    const asked = step.getByRole('group').filter({ has: page.getByRole('button', { name: 'I don’t know' }) })
    const before = await asked.count()
    const choices = await asked.first().getByRole('button').allInnerTexts()
    const answer = readAnswer(text, choices)
    await asked
      .first()
      .getByRole('button')
      .nth(answer === 'unknown' ? choices.length - 1 : answer - 1)
      .click()
    await expect.poll(() => asked.count()).toBeLessThan(before)
  }
}

/** Confirms singly the steps that are serious enough for it, those of a rollback only when it can be allowed. */
export async function confirmSteps({ page }: Decider): Promise<number> {
  await page.getByRole('group', { name: 'Decisions' }).waitFor()
  const boxes = await page.getByRole('checkbox', { name: /^I have understood/ }).all()
  for (const box of boxes) await box.check()
  return boxes.length
}
