import { expect, test } from 'vitest'
import { groupEffects } from './group-effects.ts'

const effect = (group: 'reads' | 'changes' | 'sends' | 'runs', type: string, place: string) => ({
  group,
  type,
  place,
  span: { start: 0, end: 1 },
  argv: [],
})

test('changes come first, each effect once, what was not declared before the rest', () => {
  const hosts = effect('changes', 'write-file', '/etc/hosts')
  const motd = effect('changes', 'write-file', '/etc/motd')
  const log = effect('reads', 'read-file', '/var/log/syslog')
  expect(groupEffects({ effects: [log, hosts, motd, hosts], undeclared: [motd] })).toEqual([
    {
      name: 'Changes',
      left: 0,
      effects: [
        { type: 'write-file', place: '/etc/motd', undeclared: true },
        { type: 'write-file', place: '/etc/hosts', undeclared: false },
      ],
    },
    { name: 'Reads', left: 0, effects: [{ type: 'read-file', place: '/var/log/syslog', undeclared: false }] },
  ])
})

test('of many it says how many more there are', () => {
  const effects = Array.from({ length: 20 }, (_, i) => effect('sends', 'network-egress', `host-${i}`))
  const [group] = groupEffects({ effects, undeclared: effects.slice(19) })
  expect([group?.effects.length, group?.left, group?.effects[0]?.place]).toEqual([12, 8, 'host-19'])
})
