import { expect, test } from 'vitest'
import { fromBase64, parsePublicKey, publicKeyLine, toBase64, utf8 } from '@chaperone/encoding'
import { generateKey } from '@chaperone/node-crypto'
import { judgeTarget, type ExpectedTarget } from './judge-target.ts'
import { parseTargetFacts } from './target-facts.ts'

const [hostKey, authority, stranger] = [1, 2, 3].map(() => toBase64(generateKey().key.blob)) as [
  string,
  string,
  string,
]

function lineOf(base64: string): string {
  const key = parsePublicKey(fromBase64(base64) ?? new Uint8Array())
  return key.ok ? publicKeyLine(key.value, 'a comment') : ''
}

const expected: ExpectedTarget = {
  target: 'web-1',
  account: 'ops',
  hostKeys: [hostKey],
  authority,
  now: 1_795_558_565,
}

const good = `chaperone-target-facts 1
account ops
time 1795558564
version OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026
uid 1001
shell /bin/bash
sshd forcecommand none
sshd pubkeyauthentication yes
sshd permituserrc no
sshd permituserenvironment no
sshd permittty no
sshd allowtcpforwarding no
sshd allowstreamlocalforwarding no
sshd allowagentforwarding no
sshd x11forwarding no
sshd permittunnel no
sshd strictmodes yes
sshd passwordauthentication no
sshd kbdinteractiveauthentication no
sshd authorizedkeysfile none
host-key ${lineOf(hostKey)}
ca ${lineOf(authority)}
principal ops@web-1
home 0 755
start-file 0 644 .bashrc
tool bash
tool env
tool base64
tool sha256sum
tool head
tool stat
tool mkdir
tool perl
marks 1001 700 ext2/ext3 /var/lib/chaperone/ran/1001
end
`

function failing(text: string, change: Partial<ExpectedTarget> = {}): readonly string[] {
  const facts = parseTargetFacts(utf8(text))
  if (!facts.ok) return ['malformed']
  return judgeTarget(facts.value, { ...expected, ...change })
    .filter(({ ok }) => !ok)
    .map(({ check }) => check)
}

test('a target that is as it should be', () => {
  expect(failing(good)).toEqual([])
})

test.for<[check: string, from: string | RegExp, to: string]>([
  ['openssh-version', 'OpenSSH_9.2p1', 'OpenSSH_8.8p1'],
  ['openssh-version', /^version .*$/m, 'version '],
  ['account', 'uid 1001', 'uid '],
  ['account', 'account ops', 'account root'],
  ['host-keys', lineOf(hostKey), lineOf(stranger)],
  ['host-keys', /^host-key .*\n/m, ''],
  ['authority-alone', 'principal', `ca ${lineOf(stranger)}\nprincipal`],
  ['authority-alone', 'principal', 'ca cert-authority anything\nprincipal'],
  ['principals', 'principal ops@web-1', 'principal ops@web-2'],
  ['principals', 'principal ops@web-1', 'principal ops@web-1\nprincipal ops'],
  ['principals', /^principal .*\n/m, ''],
  ['sshd-forcecommand', 'forcecommand none', 'forcecommand /usr/local/bin/menu'],
  ['sshd-permituserrc', 'permituserrc no', 'permituserrc yes'],
  ['sshd-allowtcpforwarding', 'sshd allowtcpforwarding no\n', ''],
  ['sshd-strictmodes', 'strictmodes yes', 'strictmodes no'],
  ['other-keys', 'authorizedkeysfile none', 'authorizedkeysfile .ssh/authorized_keys'],
  ['other-keys', 'end\n', 'end\n'.replace('end', 'sshd authorizedkeyscommand /bin/keys\nend')],
  ['login-shell', 'shell /bin/bash', 'shell /usr/sbin/nologin'],
  ['start-files', 'start-file 0 644', 'start-file 1001 644'],
  ['start-files', 'start-file 0 644', 'start-file 0 664'],
  ['home-folder', 'home 0 755', 'home 1001 755'],
  ['home-folder', 'home 0 755', 'home '],
  ['clock', '1795558564', '1795558500'],
  ['tools', 'tool base64\n', ''],
  ['markers', 'ext2/ext3', 'nfs'],
  ['markers', 'marks 1001 700', 'marks 1001 770'],
  ['markers', 'marks 1001 700', 'marks 0 700'],
])('%s is not in order after %s → %s', ([check, from, to]) => {
  expect(good.replace(from, to)).not.toBe(good)
  expect(failing(good.replace(from, to))).toContain(check)
})

test('without perl more tools are needed', () => {
  expect(failing(good.replace('tool perl\n', ''))).toEqual(['tools', 'perl'])
  const others = 'tool setsid\ntool flock\ntool getent\n'
  expect(failing(good.replace('tool perl\n', others))).toEqual(['perl'])
})

test('a plain sh reads no start files', () => {
  const loose = good.replace('home 0 755', 'home 1001 755').replace('start-file 0', 'start-file 1001')
  expect(failing(loose.replace('/bin/bash', '/bin/dash'))).toEqual([])
})

test('a clock that was not read at once, or another authority', () => {
  expect(failing(good, { now: null })).toEqual(['clock'])
  expect(failing(good, { authority: stranger })).toEqual(['authority-trusted', 'authority-alone'])
})

test.for<[string, string, number]>([
  ['another first line', good.replace('facts 1', 'facts 2'), 1],
  ['no end', good.replace('end\n', ''), good.trimEnd().split('\n').length - 1],
  ['a word that is not its', good.replace('tool env', 'weapon env'), 27],
  ['a control character', good.replace('ops', 'o\x1bs'), 1],
  ['too much', good.replace('end\n', `${'tool x\n'.repeat(50_000)}end\n`), 1],
])('refuses facts with %s', ([, text, line]) => {
  expect(parseTargetFacts(utf8(text))).toEqual({ ok: false, error: { code: 'target-facts-malformed', line } })
})
