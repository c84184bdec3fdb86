import { expect, test } from 'vitest'
import { utf8 } from '@chaperone/encoding'
import { analyse, analyseStep, analyseText, compareDeclared, firstSession, type Session } from './index.ts'

const of = (text: string) => analyseText('bash', text).analysis

test('the summary is one plain sentence, and says that nothing else is changed only when that is known', () => {
  expect(of('systemctl restart nginx').summary).toMatch(/nginx; nothing else is changed$/)
  expect(of('uptime').summary).toMatch(/nothing is changed$/)
  expect(of('uptime; some-tool-of-ours --go').summary).not.toContain('nothing')
  expect(of('cat /etc/shadow').summary).toMatch(/^Danger: /)
  expect(of('sh ./x.sh').summary).toContain('It cannot be known from here')
})

test('every word has its place, its text and what it is', () => {
  const { explained, words } = of('sudo systemctl restart nginx > /tmp/out')
  expect(explained.map(({ text }) => text)).toEqual(['sudo', 'systemctl', 'restart', 'nginx', '> /tmp/out'])
  expect(explained.every(({ explanation }) => explanation !== '')).toBe(true)
  expect(words).toEqual({ total: 5, explained: 5 })
})

test('the words as typed stand beside the resolved ones when they differ', () => {
  const [command] = of("c''at /etc/hosts").commands
  expect(command).toMatchObject({ argv: ['cat', '/etc/hosts'], typed: ["c''at", '/etc/hosts'] })
  expect(of('cat /etc/hosts').commands[0]?.typed).toBeNull()
})

test('carried texts are layers, one in the other', () => {
  const { layers } = of('bash -c "bash -c ls"')
  expect(layers.map(({ text, parent }) => [text, parent])).toEqual([
    ['bash -c ls', 0],
    ['ls', 1],
  ])
})

test('an effect has its place in the text and the words that it comes from', () => {
  const text = 'uptime; rm -rf /srv/app/old'
  const effect = of(text).effects.find(({ type }) => type === 'delete-data')
  expect(effect).toMatchObject({
    place: '/srv/app/old',
    group: 'changes',
    argv: ['rm', '-rf', '/srv/app/old'],
  })
  expect(text.slice(effect?.span.start, effect?.span.end)).toBe('/srv/app/old')
})

test('a step sees what the steps before it wrote, and only on its own', () => {
  const first = analyseStep('bash', utf8('echo "cat /etc/shadow" > /tmp/j'), {
    session: firstSession('root'),
  })
  const second = analyseStep('bash', utf8('sh /tmp/j'), { session: first.session })
  expect(second.analysis.findings.map(({ rule }) => rule)).toContain('secret-disclosed')
  expect(analyse('bash', utf8('sh /tmp/j')).opaque.map(({ reason }) => reason)).toContain('script-not-shown')
})

test('files that come with a step are read', () => {
  const files = [{ name: 'f1', content: utf8('rm -rf /srv/data') }]
  const { analysis, session } = analyseStep('bash', utf8('bash "$CHAPERONE_FILES/f1"'), { files })
  expect(analysis.findings.map(({ rule }) => rule)).toContain('mass-deletion')
  expect(analyseStep('bash', utf8('bash "$CHAPERONE_FILES/f1"'), { session }).analysis.level).toBe('opaque')
})

test('the home folder is that of the account', () => {
  const session: Session = firstSession('root')
  const { analysis } = analyseStep('bash', utf8('cat ~/.ssh/id_rsa'), { session })
  expect(analysis.commands[0]?.argv).toEqual(['cat', '/root/.ssh/id_rsa'])
})

test.for<readonly [effect: string, place: string, covered: boolean]>([
  ['service-change', 'nginx', true],
  ['service-change', '', true],
  ['service-change', 'ssh', false],
  ['config-change', 'nginx', false],
])('declared %s on %s covers a restart of nginx: %s', ([effect, place, covered]) => {
  const { effects } = of('systemctl restart nginx')
  const outside = compareDeclared([{ effect, place }], effects).map(({ type }) => type)
  expect(outside.includes('service-change')).toBe(!covered)
})

test('a declared folder covers what lies in it, and nothing beside it', () => {
  const { effects } = of('tee /etc/nginx/a.conf < a; tee /etc/nginx2 < a')
  const outside = compareDeclared([{ effect: 'write-file', place: '/etc/nginx' }], effects)
  expect(outside.filter(({ type }) => type === 'write-file').map(({ place }) => place)).toEqual([
    '/etc/nginx2',
  ])
})

test('from high-impact up two questions are asked, with the right answers among the choices', () => {
  expect(of('uptime').questions).toEqual([])
  const { questions } = of('userdel -r ana && systemctl stop app')
  expect(questions.map(({ ask }) => ask)).toEqual(['what-changes', 'what-is-interrupted'])
  for (const { choices, right } of questions) {
    expect(new Set(choices).size).toBe(choices.length)
    expect(choices.length).toBeGreaterThanOrEqual(4)
    expect(right.length).toBeGreaterThan(0)
    expect(right.every((index) => index >= 0 && index < choices.length)).toBe(true)
  }
})
