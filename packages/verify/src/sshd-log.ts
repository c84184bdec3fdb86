import { fromBase64, keyIdOf, type KeyId, type RunId, type Sha256, type TargetId } from '@chaperone/encoding'
import type { EventOf } from '@chaperone/domain'
import type { Findings } from './findings.ts'

/**
 * Matches the certificate logins that a target's sshd logged (`Accepted publickey …`) with the log's intents: what ran
 * past the log shows here, as far as the target's own log is whole.
 */
export interface SshdLog {
  authorities(blobs: readonly string[]): void
  intent(event: EventOf<'run-intended'>, account: string): void
  ended(event: EventOf<'run-ended'>): void
  end(): void
}

interface Login {
  readonly line: number
  readonly account: string
  readonly serial: string
  readonly authority: KeyId
  readonly id: string
}

interface Known {
  readonly account: string
  readonly target: TargetId
  serial: string | null | undefined
}

const accepted =
  /Accepted publickey for (\S+) from \S+ port \d+ ssh2: \S+-CERT SHA256:\S+ ID (.*) \(serial (\d+)\) CA \S+ (SHA256:\S+)/

/** `target` is whose log it is, where the reader knows. */
export function sshdLog(
  lines: Iterable<string>,
  target: TargetId | undefined,
  sha256: Sha256,
  found: Findings,
): SshdLog {
  const logins = readLogins(lines)
  const wanted = new Set(logins.map((login) => runOf(login)))
  const intents = new Map<RunId, Known>()
  const ours = new Set<KeyId>()
  /** Serials: a certificate is for one login. */
  const used = new Set<string>()

  function judge(login: Login): void {
    const broken = (code: string) =>
      found.broken('logins-intended', null, { code, line: login.line, id: login.id, serial: login.serial })
    const run = runOf(login)
    const intent = run === undefined ? undefined : intents.get(run)
    found.checked('logins-intended')
    if (intent === undefined) return broken('login-without-intent')
    if (target !== undefined && intent.target !== target) return broken('login-to-another-target')
    if (intent.account !== login.account) return broken('login-to-another-account')
    if (used.size === used.add(login.serial).size) return broken('login-repeated')
    if (intent.serial === undefined) {
      const missing = { what: 'certificate-serial', why: 'run-has-no-end', by: null, count: 1, entry: null }
      return found.missing('logins-intended', missing)
    }
    if (intent.serial !== login.serial) broken('login-with-another-certificate')
  }

  return {
    authorities(blobs) {
      for (const blob of blobs) ours.add(keyIdOf(fromBase64(blob) ?? new Uint8Array(), sha256))
    },
    intent(event, account) {
      if (wanted.has(event.run)) intents.set(event.run, { account, target: event.target, serial: undefined })
    },
    ended({ run, serial }) {
      const intent = intents.get(run)
      if (intent !== undefined) intent.serial = serial
    },
    end() {
      for (const login of logins) if (ours.has(login.authority)) judge(login)
    },
  }
}

function readLogins(lines: Iterable<string>): readonly Login[] {
  const logins: Login[] = []
  let line = 0
  for (const text of lines) {
    line++
    const match = accepted.exec(text)
    const [, account = '', id = '', serial = '', authority = ''] = match ?? []
    if (match !== null) logins.push({ line, account, id, serial, authority })
  }
  return logins
}

/** The signer puts the run's name into the certificate's key id. */
function runOf({ id }: Login): RunId | undefined {
  return /^chaperone:([0-9a-f]{32})$/.exec(id)?.[1]
}
