import { describe, expect, test } from 'vitest'
import { analyseText } from '../analyse.ts'
import { rules } from './index.ts'

const found = (text: string): readonly string[] =>
  analyseText('bash', text).analysis.findings.map((finding) => finding.rule)

describe.for(rules.map((rule) => [rule.id, rule] as const))('%s', ([id, rule]) => {
  test.for([...rule.fires])('fires: %s', (text) => {
    expect(found(text)).toContain(id)
  })

  test.for([...rule.silent])('is silent: %s', (text) => {
    expect(found(text)).not.toContain(id)
  })

  test('says why, and which techniques', () => {
    expect(rule.why).toMatch(/\.$/)
    expect(rule.techniques.every((technique) => /^T\d{4}(\.\d{3})?$/.test(technique))).toBe(true)
    expect(rule.fires.length).toBeGreaterThan(0)
    expect(rule.silent.length).toBeGreaterThan(0)
  })
})

test('no two rules have the same name', () => {
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length)
})
