import { parsePublicKeyLine, toBase64, type TargetId } from '@chaperone/encoding'
import type { TargetFacts } from './target-facts.ts'

/** One thing that a target must have, or should. Detail is a short text in which the target's own words may stand. */
export interface TargetFinding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}

/** What the roster and the signer say of the target. */
export interface ExpectedTarget {
  readonly target: TargetId
  readonly account: string
  /** Public key blobs in base64. */
  readonly hostKeys: readonly string[]
  readonly authority: string
  /** When the facts arrived; seconds since 1970, null when they were not read at once. */
  readonly now: number | null
}

const clockSlack = 5

/** Every check with its answer; what was not found out is not in order. */
export function judgeTarget(facts: TargetFacts, expected: ExpectedTarget): readonly TargetFinding[] {
  return [
    judgeVersion(facts.version),
    judge(
      'account',
      facts.account === expected.account && facts.uid !== '',
      `${facts.account}, uid ${facts.uid}`,
    ),
    judgeHostKeys(facts.hostKeys, expected.hostKeys),
    ...judgeAuthorities(facts.authorities, expected.authority),
    judgePrincipals(facts.principals, `${expected.account}@${expected.target}`),
    ...settings.map(([name, wanted]) => judgeSetting(facts, name, wanted)),
    judgeOtherKeys(facts),
    judgeShell(facts.shell),
    ...judgeStartFiles(facts),
    judgeClock(facts.time, expected.now),
    judgeTools(facts.tools),
    judgePerl(facts.tools),
    judgeMarks(facts),
  ]
}

/** Of sshd_config, for this account. The first is what beats a certificate's command; the others are other ways in. */
const settings: readonly (readonly [string, string])[] = [
  ['forcecommand', 'none'],
  ['pubkeyauthentication', 'yes'],
  ['permituserrc', 'no'],
  ['permituserenvironment', 'no'],
  ['permittty', 'no'],
  ['allowtcpforwarding', 'no'],
  ['allowstreamlocalforwarding', 'no'],
  ['allowagentforwarding', 'no'],
  ['x11forwarding', 'no'],
  ['permittunnel', 'no'],
  ['strictmodes', 'yes'],
  ['passwordauthentication', 'no'],
  ['kbdinteractiveauthentication', 'no'],
]

function judge(check: string, ok: boolean, detail: string): TargetFinding {
  return { check, ok, detail }
}

/** 8.9 is the first that puts the host key into what the signer's agent signs. */
export function judgeVersion(version: string): TargetFinding {
  const [, major, minor] = /OpenSSH_(\d{1,3})\.(\d{1,3})/.exec(version) ?? []
  const recent = Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 9)
  return judge('openssh-version', recent, version === '' ? 'not found out' : version)
}

/** The client asks for the kinds of key that it has pinned, so that keys beyond those do no harm. */
export function judgeHostKeys(lines: readonly string[], expected: readonly string[]): TargetFinding {
  const shown = lines.map(blobOf)
  const known = expected.filter((key) => shown.includes(key))
  const detail = `${known.length} of the roster's ${expected.length}`
  return judge('host-keys', known.length > 0 && known.length === expected.length, detail)
}

function blobOf(line: string): string | undefined {
  const key = parsePublicKeyLine(line)
  return key.ok ? toBase64(key.value.blob) : undefined
}

function judgeAuthorities(lines: readonly string[], authority: string): readonly TargetFinding[] {
  const ours = lines.filter((line) => blobOf(line) === authority).length
  return [
    judge('authority-trusted', ours > 0, ours > 0 ? 'ours is in TrustedUserCAKeys' : 'ours is not there'),
    judge('authority-alone', lines.length === ours, `${lines.length - ours} others`),
  ]
}

function judgePrincipals(lines: readonly string[], principal: string): TargetFinding {
  const others = lines.filter((line) => line.trim() !== principal)
  const there = others.length < lines.length
  const detail = `${principal} is ${there ? '' : 'not '}there, and ${others.length} others`
  return judge('principals', there && others.length === 0, detail)
}

function judgeSetting({ sshd }: TargetFacts, name: string, wanted: string): TargetFinding {
  const found = sshd.get(name)?.join(' ')
  return judge(`sshd-${name}`, found === wanted, found === undefined ? 'not found out' : `is ${found}`)
}

function judgeOtherKeys({ sshd }: TargetFacts): TargetFinding {
  const files = sshd.get('authorizedkeysfile')?.join(' ')
  const command = sshd.get('authorizedkeyscommand')?.join(' ') ?? 'none'
  const detail = files === undefined ? 'not found out' : `authorized keys from ${files}, command ${command}`
  return judge('other-keys', files === 'none' && command === 'none', detail)
}

function judgeShell(shell: string): TargetFinding {
  return judge('login-shell', /\/(bash|dash|sh|ash|ksh|zsh|fish|tcsh|csh)$/.test(shell), shell)
}

/**
 * They are read before the runner is: whoever may write them, or make them in a home folder of their own, decides what
 * an approved login does. A plain sh reads none for a command.
 */
function judgeStartFiles({ startFiles, home, uid, shell }: TargetFacts): readonly TargetFinding[] {
  if (/\/(sh|dash|ash)$/.test(shell)) return [judge('start-files', true, 'this shell reads none')]
  const loose = startFiles.filter(({ owner, mode }) => owner !== '0' || writableByOthers(mode))
  const [owner = '', mode = ''] = home.split(' ')
  const names = loose.map(({ name }) => name).join(' ')
  return [
    judge('start-files', loose.length === 0, loose.length === 0 ? 'all belong to root alone' : names),
    judge(
      'home-folder',
      owner !== '' && owner !== uid && !writableByOthers(mode),
      `owner ${owner}, mode ${mode}`,
    ),
  ]
}

function writableByOthers(mode: string): boolean {
  return !/^[0-7]{3,4}$/.test(mode) || (Number.parseInt(mode, 8) & 0o022) !== 0
}

function judgeClock(time: number, now: number | null): TargetFinding {
  if (now === null || !Number.isFinite(time)) return judge('clock', false, 'not found out')
  return judge('clock', Math.abs(time - now) <= clockSlack, `${time - now} s from ours`)
}

const needed = ['bash', 'env', 'base64', 'sha256sum', 'head', 'stat', 'mkdir']
const neededWithoutPerl = ['setsid', 'flock', 'getent']

function judgeTools(tools: readonly string[]): TargetFinding {
  const all = tools.includes('perl') ? needed : [...needed, ...neededWithoutPerl]
  const missing = all.filter((tool) => !tools.includes(tool))
  return judge(
    'tools',
    missing.length === 0,
    missing.length === 0 ? 'all there' : `missing ${missing.join(' ')}`,
  )
}

function judgePerl(tools: readonly string[]): TargetFinding {
  const there = tools.includes('perl')
  return judge('perl', there, there ? 'there' : 'not there: kills are never confirmed')
}

const ownDisks = /^(ext.*|xfs|btrfs|zfs|f2fs|jfs|reiserfs|bcachefs|overlayfs|tmpfs|ramfs)$/

function judgeMarks({ marks, uid }: TargetFacts): TargetFinding {
  const [owner = '', mode = '', disk = '', path = ''] = marks.split(' ')
  const usable = path === '/var/tmp' ? mode.startsWith('1') : owner === uid && !writableByOthers(mode)
  return judge('markers', usable && ownDisks.test(disk), `${path}, owner ${owner}, mode ${mode}, on ${disk}`)
}
