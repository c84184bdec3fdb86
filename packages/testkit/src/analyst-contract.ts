import { expect, test } from 'vitest'
import { utf8 } from '@chaperone/encoding'
import type { Analyst, StepToAnalyse } from '@chaperone/usecases'

/** What every analyst holds to. */
export function analystContract(analyst: () => Analyst): void {
  test('each step has its analysis, in order', async () => {
    const analyses = await analyst().analyse([step('uptime'), step('rm /srv/data/a.csv'), step('pwd')], [])
    expect(analyses.map(({ level }) => level)).toEqual(['routine', 'high-impact', 'routine'])
  })

  test('a step knows what those before it wrote on its target, and on no other', async () => {
    const write = step("printf 'uptime\\n' > /srv/app/look.sh")
    const run = step('bash /srv/app/look.sh')
    const [, known] = await analyst().analyse([write, run], [])
    const [, elsewhere] = await analyst().analyse([write, { ...run, target: 'db-1' }], [])
    expect([known?.level, elsewhere?.level]).toEqual(['routine', 'opaque'])
  })

  test('effects outside of what was declared are named', async () => {
    const steps = [step('rm /srv/data/a.csv')]
    const declared = [{ effect: 'delete-data', place: '/srv' }]
    expect((await analyst().analyse(steps, declared))[0]?.undeclared).toEqual([])
    expect((await analyst().analyse(steps, []))[0]?.undeclared).not.toEqual([])
  })

  test.for<[what: string, bytes: Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no text', new Uint8Array([0xff, 0x00, 0xfe])],
    ['nesting without an end', utf8('$('.repeat(5000))],
    ['two megabytes', utf8('true\n'.repeat(400_000))],
  ])('%s cannot be known, and stops nobody', async ([, bytes]) => {
    const analyses = await analyst().analyse([{ ...step(''), bytes }, step('uptime')], [])
    expect(analyses.map(({ level }) => level)).toEqual(['opaque', 'routine'])
  })
}

function step(text: string): StepToAnalyse {
  return { target: 'web-1', account: 'ops', interpreter: 'bash', bytes: utf8(text), files: [] }
}
