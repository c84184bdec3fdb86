import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  armorSignature,
  canonicalJson,
  claimedKey,
  commit,
  concat,
  equalBytes,
  fromAscii,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  instantOf,
  isId,
  isInstant,
  mpint,
  packAssertion,
  parseCanonicalJson,
  parsePublicKey,
  parsePublicKeyLine,
  secondsOf,
  skP256Blob,
  SshReader,
  sshString,
  toBase64,
  toBase64Url,
  toHex,
  u32,
  u64,
  utf8,
  verifySignature,
  type IdKind,
  type Json,
} from './index.ts'

const anyBytes = fc.uint8Array({ maxLength: 200 })

describe('bytes as text', () => {
  test('round trips, and as Node spells them', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
        expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
        for (const back of [
          fromHex(toHex(bytes)),
          fromBase64(toBase64(bytes)),
          fromBase64Url(toBase64Url(bytes)),
        ])
          expect(Buffer.from(back ?? 'none')).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('any text is either the one spelling of bytes or refused', () => {
    fc.assert(
      fc.property(fc.string(), fc.base64String(), (text, base64) => {
        for (const one of [text, base64]) {
          const [hex, plain, url] = [fromHex(one), fromBase64(one), fromBase64Url(one)]
          expect(hex === undefined || toHex(hex) === one).toBe(true)
          expect(plain === undefined || toBase64(plain) === one).toBe(true)
          expect(url === undefined || toBase64Url(url) === one).toBe(true)
        }
      }),
    )
  })

  test.for([
    ['hex', fromHex, 'AB'],
    ['hex', fromHex, 'a'],
    ['hex', fromHex, 'ａb'],
    ['base64', fromBase64, 'YQ'],
    ['base64', fromBase64, 'YR=='],
    ['base64', fromBase64, 'YQ===='],
    ['base64', fromBase64, 'Y Q='],
    ['base64url', fromBase64Url, 'YQ=='],
    ['base64url', fromBase64Url, 'a+b='],
    ['base64url', fromBase64Url, 'A'],
  ] as const)('%s refuses another spelling', ([, decode, text]) => {
    expect(decode(text)).toBeUndefined()
  })

  test('text that is not UTF-8, or not plain ASCII', () => {
    expect(fromUtf8(new Uint8Array([0xff]))).toBeUndefined()
    expect(fromUtf8(utf8('\ufeffa'))).toBe('\ufeffa')
    expect(fromAscii(utf8('a b\n~'))).toBe('a b\n~')
    for (const text of ['é', '\t', '\r', '\u007f', '\0']) expect(fromAscii(utf8(text))).toBeUndefined()
  })

  test('equal bytes', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
        expect(equalBytes(a, Uint8Array.from(a))).toBe(true)
      }),
    )
  })
})

describe('canonical JSON', () => {
  const json = fc
    .jsonValue({ noUnicodeString: false })
    .filter((value) => !JSON.stringify(value).match(/\d[.e]|e[+-]|-0\b/))

  test('spells any value in one way, whatever order its members came in', () => {
    fc.assert(
      fc.property(json, (value) => {
        const reversed = (one: unknown): unknown => {
          if (Array.isArray(one)) return one.map(reversed)
          if (typeof one !== 'object' || one === null) return one
          return Object.fromEntries(
            Object.entries(one)
              .reverse()
              .map(([key, member]) => [key, reversed(member)]),
          )
        }
        let text: string
        try {
          text = canonicalJson(value as Json)
        } catch {
          return // a number that is not exact, or half a surrogate pair
        }
        expect(canonicalJson(reversed(value) as Json)).toBe(text)
        expect(parseCanonicalJson(utf8(text))).toMatchObject({ ok: true })
      }),
    )
  })

  test.for([[1.5], [Number.NaN], [2 ** 53], [-0], ['\ud800'], [{ '\udc00': 1 }]] as const)(
    'cannot spell %j',
    ([value]) => {
      expect(() => canonicalJson(value as Json)).toThrow(TypeError)
    },
  )
})

test('a commitment needs 32 bytes of salt and a word', () => {
  expect(() => commit('step', new Uint8Array(31), utf8(''), nodeCrypto.sha256)).toThrow('32 bytes')
  expect(() => commit('Step', new Uint8Array(32), utf8(''), nodeCrypto.sha256)).toThrow('kebab-case')
})

describe('instants', () => {
  test('are those that the calendar has', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
        const text = instantOf(seconds)
        expect([text, isInstant(text), secondsOf(text)]).toEqual([text, true, seconds])
      }),
    )
  })

  test('every day of four centuries, and no other', () => {
    for (let year = 1900; year <= 2300; year += 1)
      for (let month = 1; month <= 12; month++)
        for (const day of [28, 29, 30, 31]) {
          const text = `${year}-${String(month).padStart(2, '0')}-${day}T00:00:00Z`
          const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
          expect([text, isInstant(text)]).toEqual([text, exists])
        }
  })

  test.for([
    '',
    'now',
    '2026-11-24',
    '2026-11-24T16:20:34',
    '2026-11-24T16:20:34.000Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T16:60:00Z',
    '2026-11-24T16:20:60Z',
    '2026-11-24t16:20:34z',
    '+02026-11-24T16:20:34Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-11-24T16:20:34Z\n',
  ])('refuses `%s`', (text) => expect(isInstant(text)).toBe(false))
})

test.for<[IdKind, string]>([
  ['person', 'p-ada00001'],
  ['order', 'wo-sample0abc'],
  ['target', 'web-1.example'],
  ['account', '_ops'],
  ['digest', 'a'.repeat(64)],
  ['keyId', `SHA256:${'A'.repeat(43)}`],
  ['run', '0'.repeat(32)],
])('a %s has no room for anything else', ([kind, id]) => {
  expect(isId(kind, id)).toBe(true)
  for (const other of [`${id}\n`, ` ${id}`, `${id} `, `${id}\0`, id.replace('a', 'а'), '']) {
    if (other !== id) expect([other, isId(kind, other)]).toEqual([other, false])
  }
})

describe('SSH wire', () => {
  test('round trips', () => {
    fc.assert(
      fc.property(
        anyBytes,
        fc.nat(2 ** 32 - 1),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (bytes, small, large) => {
          const reader = new SshReader(concat(sshString(bytes), u32(small), u64(large)))
          expect(Buffer.from(reader.string())).toEqual(Buffer.from(bytes))
          expect([reader.u32(), reader.u64(), reader.done]).toEqual([small, large, true])
        },
      ),
    )
  })

  test('an mpint has one spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (magnitude) => {
        const reader = new SshReader(mpint(magnitude))
        expect(Buffer.from(reader.mpint(32))).toEqual(Buffer.from(magnitude))
      }),
    )
    for (const bytes of [[0], [0, 1], [0x80], [0, 0, 0x80]])
      expect(() => new SshReader(sshString(new Uint8Array(bytes))).mpint(32)).toThrow('badly spelt')
    expect(() => new SshReader(sshString(new Uint8Array(34).fill(1))).mpint(32)).toThrow('badly spelt')
  })

  test('what ends early or goes on is refused', () => {
    expect(() => new SshReader(new Uint8Array(3)).u32()).toThrow('ends early')
    expect(() => new SshReader(concat(u32(2 ** 32 - 1), utf8('x'))).string()).toThrow('ends early')
    expect(() => new SshReader(new Uint8Array(1)).end()).toThrow('trailing')
    expect(() => new SshReader(sshString('\n')).text()).toThrow('ASCII')
  })
})

describe('public keys', () => {
  const ed25519 = concat(sshString('ssh-ed25519'), sshString(new Uint8Array(32)))
  test.for<[why: string, blob: Uint8Array, code: string]>([
    ['RSA', concat(sshString('ssh-rsa'), sshString('x')), 'ssh-key-type-unknown'],
    ['a short point', concat(sshString('ssh-ed25519'), sshString(new Uint8Array(31))), 'ssh-key-malformed'],
    ['bytes after the key', concat(ed25519, new Uint8Array(1)), 'ssh-key-malformed'],
    [
      'another curve',
      concat(sshString('ecdsa-sha2-nistp256'), sshString('nistp384'), sshString(new Uint8Array(65))),
      'ssh-key-malformed',
    ],
    [
      'a compressed point',
      concat(sshString('ecdsa-sha2-nistp256'), sshString('nistp256'), sshString(new Uint8Array(33).fill(2))),
      'ssh-key-malformed',
    ],
    ['nothing', new Uint8Array(0), 'ssh-key-malformed'],
  ])('refuses %s', ([, blob, code]) => {
    expect(parsePublicKey(blob)).toEqual({ ok: false, error: { code } })
  })

  test('a line must name the type that it carries', () => {
    expect(parsePublicKeyLine(`ssh-ed25519 ${toBase64(ed25519)} ada`)).toMatchObject({ ok: true })
    expect(parsePublicKeyLine(`ecdsa-sha2-nistp256 ${toBase64(ed25519)}`)).toMatchObject({ ok: false })
    expect(parsePublicKeyLine('ssh-ed25519')).toMatchObject({ ok: false })
  })
})

describe('signatures of arbitrary bytes', () => {
  const refused = ['signature-malformed', 'signature-namespace', 'signature-bad']

  test('are refused and never throw', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, fc.string(), (key, signature, text) => {
        for (const armored of [armorSignature(key, 'a', signature), text]) {
          const verified = verifySignature(armored, utf8('x'), 'a', nodeCrypto)
          expect(verified.ok ? 'accepted' : verified.error.code).toBeOneOf(refused)
          expect(claimedKey(armored)).toBeUndefined()
        }
      }),
    )
  })

  test('an assertion that cannot be repacked is refused', () => {
    const parsed = parsePublicKey(skP256Blob(new Uint8Array(65).fill(4), 'sign.example'))
    if (!parsed.ok) throw new Error('the key parses')
    const der = new Uint8Array([0x30, 6, 2, 1, 1, 2, 1, 1])
    const data = concat(nodeCrypto.sha256(utf8('sign.example')), new Uint8Array([5, 0, 0, 0, 1]))
    const pack = (signature: Uint8Array, authenticatorData: Uint8Array) =>
      packAssertion(
        parsed.value,
        'a',
        'https://sign.example',
        { authenticatorData, clientData: utf8('{}'), signature },
        nodeCrypto.sha256,
      ).ok
    expect(pack(der, data)).toBe(true)
    expect(pack(der, data.subarray(0, 36))).toBe(false)
    expect(pack(der, concat(new Uint8Array(32), data.subarray(32)))).toBe(false)
    for (const wrong of [
      der.subarray(1),
      concat(der, new Uint8Array(1)),
      new Uint8Array([0x30, 6, 2, 9, 1, 2, 1, 1]),
      new Uint8Array(0),
    ])
      expect(pack(wrong, data)).toBe(false)
  })
})
