import { expect, test } from 'vitest'
import type { Review } from '@chaperone/contract'
import { undeclaredEffects } from './undeclared-effects.ts'

type Step = Review['steps'][number]

const step = (index: number, ...effects: readonly (readonly [type: string, place: string])[]) =>
  ({
    step: index,
    analysis: { undeclared: effects.map(([type, place]) => ({ type, place })) },
  }) as unknown as Step // only these members are read

test('one effect of several steps is one line', () => {
  const steps = [step(1, ['list', '/'], ['list', '/']), step(2), step(3, ['list', '/'], ['list', '/srv'])]
  expect(undeclaredEffects({ steps })).toEqual([
    { type: 'list', place: '/', steps: [1, 3] },
    { type: 'list', place: '/srv', steps: [3] },
  ])
})
