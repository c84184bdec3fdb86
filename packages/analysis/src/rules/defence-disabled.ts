import { eachEffect, programOf, type Rule } from './rule.ts'

export const rule: Rule = {
  id: 'defence-disabled',
  level: 'stop',
  why: 'Something that watches or protects the machine is switched off.',
  techniques: ['T1685', 'T1686'],
  needs: { effects: ['defense-tamper'] },
  find: (facts) =>
    eachEffect(
      facts,
      (effect, command) => {
        if (effect.type !== 'defense-tamper') return false
        // Editing its settings is administration; taking it away is not.
        if (
          effect.from === 'knowledge' &&
          programOf(command) !== 'chattr' &&
          !effect.kinds.includes('defence')
        )
          return true
        return effect.kinds.includes('defence') && /^(rm|shred|unlink|truncate)$/.test(programOf(command))
      },
      (effect) =>
        `${effect.place === '' ? 'a protection of this machine' : effect.place} is switched off or taken away`,
    ),
  fires: ['setenforce 0', 'auditctl -e 0'],
  silent: ['systemctl restart nginx', 'getenforce', 'auditctl -l'],
}
