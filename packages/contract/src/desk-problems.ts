import type { ProblemRow } from './problems.ts'

const row = (status: number, title: string, advice: string): ProblemRow => ({ status, title, advice })

/** Codes that only a check of a draft gives, at the desk and in the command line. */
export const draftProblems = {
  'opening-mismatch': row(
    409,
    'What was handed over is not what the statement says',
    'sign nothing, and tell an officer: the gateway is broken or hostile',
  ),
  'not-signed-here': row(409, 'This kind of statement is not signed here', 'use the command line'),
} as const satisfies Record<string, ProblemRow>

/** Codes that only the desk gives. */
export const deskProblems = {
  'no-passkey-here': row(
    403,
    'You have no passkey that counts at this desk',
    'enrol one, or sign with the command line',
  ),
  'draft-too-large': row(
    413,
    'There is more to show than one window can hold',
    'sign for fewer steps or pieces at a time',
  ),
  'key-not-yours': row(
    403,
    'That was not one of your keys for this desk',
    'sign again and choose the passkey that you enrolled here',
  ),
  'enrolment-failed': row(
    422,
    'The new key did not prove what it must',
    'try again with a key that asks for a PIN, a fingerprint or your face',
  ),
  'key-taken-unknown': row(
    503,
    'The key was made, but it is not known whether the gateway took it',
    'look at the enrolment page; if it does not show this fingerprint, ask for a new link',
  ),
  'gateway-unavailable': row(503, 'The gateway cannot be reached', 'try again soon'),
  'handing-in-unknown': row(
    503,
    'Signed, but it is not known whether the gateway took it',
    'look at the review before you sign again',
  ),
  'trust-root-wrong': row(503, 'The rosters do not follow from this desk’s trust root', 'tell an officer'),
} as const satisfies Record<string, ProblemRow>
