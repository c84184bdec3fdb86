import { eachEffect, type Rule } from './rule.ts'

/** `3405803785`, `0xCB007109`, `0313.0.0161.011`: an address that hardly anybody recognises as one. */
const disguised =
  /^(?:\w+:\/\/)?(?:[^@/]+@)?(?:\/dev\/(?:tcp|udp)\/)?(?:\d{8,10}|0x[0-9a-f]{6,8}|0\d+\.[\dx.]+|0x[0-9a-f]+(?:\.0x[0-9a-f]+){3})(?=[/:?]|$)/i

export const rule: Rule = {
  id: 'disguised-address',
  level: 'stop',
  why: 'An address is written as a plain number: there is no reason for it but to hide where the connection goes.',
  techniques: ['T1027', 'T1071'],
  needs: { effects: ['network-egress'] },
  find: (facts) =>
    eachEffect(
      facts,
      (effect) => effect.type === 'network-egress' && disguised.test(effect.place),
      (effect) => `the address ${effect.place} is written so that nobody recognises it`,
    ),
  fires: ['curl http://3405803785/x', 'cat < /dev/tcp/0xCB007109/80'],
  silent: ['curl http://10.0.0.1/x', 'curl https://example.com/12345678'],
}
