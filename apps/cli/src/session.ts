import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { Refused, UsageError } from './refused.ts'

/** Who is signed in, where. The token stands in a file that only its owner reads. */
export interface Session {
  readonly gateway: string
  readonly person: string
  readonly name: string
  readonly token: string
  readonly expires: string
}

/** `$CHAPERONE_SESSION`, else in the state folder of the account. */
export function sessionFile(): string {
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  return process.env['CHAPERONE_SESSION'] ?? join(state, 'chaperone', 'session.json')
}

export function saveSession(session: Session): void {
  const file = sessionFile()
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, `${JSON.stringify(session, undefined, 2)}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
}

export function forgetSession(): void {
  rmSync(sessionFile(), { force: true })
}

/** Refuses when nobody is signed in or the session has run out. */
export function loadSession(now = new Date()): Session {
  let text: string
  try {
    text = readFileSync(sessionFile(), 'utf8')
  } catch {
    throw new Refused({ code: 'not-signed-in' }, undefined, 'chaperone sign-in --gateway URL --key KEY')
  }
  const session = parseSession(text)
  if (Date.parse(session.expires) <= now.getTime()) {
    throw new Refused({ code: 'not-signed-in' }, 'your session has ended', 'chaperone sign-in')
  }
  return session
}

function parseSession(text: string): Session {
  try {
    const session = JSON.parse(text) as Session
    if (typeof session.token === 'string' && typeof session.gateway === 'string') return session
  } catch {
    // falls through
  }
  throw new UsageError(`${sessionFile()} is damaged: sign in again`)
}
