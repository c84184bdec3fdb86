import { expect, test } from 'vitest'
import type { Review } from '@chaperone/contract'
import { undeclaredEffects } from './undeclared-effects.ts'

type Step = Review['steps'][number]

const step = (index: number, ...effects: readonly (readonly [type: string, place: string])[]) =>
  ({
    step: index,
    analysis: { effects: effects.map(([type, place]) => ({ type, place })) },
  }) as unknown as Step // only these members are read

const declared = [
  { effect: 'write-file', place: '/etc/frr' },
  { effect: 'service-change', place: '' },
]

test.for<[type: string, place: string, missing: boolean]>([
  ['write-file', '/etc/frr', false],
  ['write-file', '/etc/frr/daemons', false],
  ['write-file', '/etc/frr-old', true],
  ['write-file', '/etc', true],
  ['read-file', '/etc/frr', true],
  ['service-change', 'frr.service', false],
  ['query-only', '', false],
])('%s at %s', ([type, place, missing]) => {
  const steps = [step(1, [type, place])]
  expect(undeclaredEffects({ effects: declared, steps })).toEqual(
    missing ? [{ type, place, steps: [1] }] : [],
  )
})

test('one effect of several steps is one line', () => {
  const steps = [step(1, ['list', '/'], ['list', '/']), step(3, ['list', '/'])]
  expect(undeclaredEffects({ effects: [], steps })).toEqual([{ type: 'list', place: '/', steps: [1, 3] }])
})
