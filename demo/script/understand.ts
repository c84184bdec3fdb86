import { fromBase64, fromUtf8 } from '@chaperone/encoding'
import type { Api } from '../api.ts'

/**
 * Says of each step what it does, before being told, as an escort does who reads the text: of the choices the one whose
 * place stands in the command, or that nothing happens.
 */
export async function understand(api: Api, order: string, steps: readonly number[]): Promise<void> {
  const params = { order }
  const { version, steps: shown } = await api.call('review', { params })
  for (const { step, bytes, understanding } of shown.filter((one) => steps.includes(one.step))) {
    const text = fromUtf8(fromBase64(bytes) ?? new Uint8Array()) ?? ''
    for (const { ask: question, choices, answer } of understanding.questions) {
      if (answer !== null) continue
      const body = { version, step, question, answer: readAnswer(text, choices) }
      await api.call('recordComprehension', { params, body })
    }
  }
}

/** The number of the choice, from 1, that fits what stands in the text. */
export function readAnswer(text: string, choices: readonly string[]): number | 'unknown' {
  const named = choices.findIndex((choice) =>
    choice.split(' ').some((word) => word.includes('/') && text.includes(word)),
  )
  const nothing = choices.findIndex((choice) => choice.startsWith('nothing is '))
  const found = named >= 0 ? named : nothing
  return found >= 0 ? found + 1 : 'unknown'
}
