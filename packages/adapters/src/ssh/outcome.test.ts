import { expect, test } from 'vitest'
import { nothingHeard, outcomeOf, type Heard } from './outcome.ts'

const sent = { sentAny: true, sentAll: true }
const ran = { ...sent, started: true }
const login = 'Authenticated to 10.0.0.1 ([10.0.0.1]:22) using "publickey".\n'

test.for<[string, Partial<Heard>, number | null, string | undefined, object]>([
  ['exit 0', { ...ran, end: { how: 'exit', exit: 0 } }, 0, login, { result: 'succeeded' }],
  [
    'exit 1',
    { ...ran, end: { how: 'exit', exit: 1 } },
    0,
    login,
    { result: 'failed', exit: 1, signal: null },
  ],
  [
    'signal',
    { ...ran, end: { how: 'signal', signal: 6 } },
    0,
    login,
    { result: 'failed', exit: null, signal: 6 },
  ],
  [
    'an end that was heard counts, whatever became of the connection',
    { ...ran, end: { how: 'exit', exit: 0 }, killAsked: true },
    255,
    undefined,
    { result: 'succeeded' },
  ],
  [
    'a lifeline that we dropped because we asked to kill',
    { ...ran, killAsked: true, end: { how: 'killed', reason: 'lifeline', confirmed: true, survivors: [] } },
    0,
    login,
    { result: 'killed', reason: 'asked', confirmed: true, survivors: 0 },
  ],
  [
    'a deadline is a deadline, although we asked as well',
    {
      ...ran,
      killAsked: true,
      end: { how: 'killed', reason: 'deadline', confirmed: false, survivors: [4, 5] },
    },
    0,
    login,
    { result: 'killed', reason: 'deadline', confirmed: false, survivors: 2 },
  ],
  [
    'kill without an answer',
    { ...ran, killAsked: true },
    null,
    login,
    { result: 'killed', confirmed: false },
  ],
  [
    'a runner that we gave up',
    { ...ran, gaveUp: true },
    null,
    login,
    { result: 'killed', reason: 'deadline', confirmed: false, survivors: 0 },
  ],
  [
    'an end that was heard before we gave up',
    { ...ran, gaveUp: true, end: { how: 'exit', exit: 0 } },
    null,
    login,
    { result: 'succeeded' },
  ],
  ['given up before it started', { ...sent, gaveUp: true }, null, login, { result: 'unknown' }],
  ['lost while it ran', ran, 255, login, { result: 'unknown', reason: 'connection-lost' }],
  ['closed in good order, without an end', ran, 0, login, { result: 'unknown', reason: 'connection-lost' }],
  ['lost after sending', sent, 255, login, { result: 'unknown', reason: 'connection-lost' }],
  ['lost after sending, killed', { ...sent, killAsked: true }, null, login, { result: 'unknown' }],
  [
    'no runner after the start',
    { ...ran, malformed: 'unknown-record' },
    0,
    login,
    { result: 'unknown', reason: 'runner-output-malformed' },
  ],
  [
    'no runner at all',
    { malformed: 'no-hello' },
    0,
    login,
    { result: 'unknown', reason: 'start-line-missing' },
  ],
  [
    'the runner refused',
    { ...sent, notStarted: 'too-late' },
    90,
    login,
    { result: 'not-started', reason: 'too-late' },
  ],
  [
    'the kill cut the bytes short',
    { ...sent, notStarted: 'truncated', killAsked: true },
    90,
    login,
    { result: 'not-started', reason: 'killed-before-start' },
  ],
  ['cut short without a kill', { ...sent, notStarted: 'truncated' }, 90, login, { reason: 'truncated' }],
  ['killed with nothing sent', { killAsked: true }, null, login, { reason: 'killed-before-start' }],
  ['silence from whoever let us in', {}, 0, login, { result: 'unknown', reason: 'start-line-missing' }],
  ['lost once let in', {}, 255, login, { result: 'unknown', reason: 'connection-lost' }],
  ['no log', {}, 255, undefined, { result: 'unknown', reason: 'connection-lost' }],
  [
    'host key',
    {},
    255,
    'Host key verification failed.\n',
    { result: 'not-started', reason: 'host-key-refused' },
  ],
  [
    'login',
    {},
    255,
    'ops@h: Permission denied (publickey).\n',
    { result: 'not-started', reason: 'login-refused' },
  ],
  [
    'nobody there',
    {},
    255,
    'ssh: connect to host h port 22: Connection refused\n',
    { result: 'not-started', reason: 'unreachable' },
  ],
  [
    'words we do not know',
    {},
    255,
    'Bad packet length\n',
    { result: 'not-started', reason: 'connection-failed' },
  ],
  ['a log that is empty', {}, 255, '', { result: 'unknown' }],
])('%s', ([, heard, exit, words, outcome]) => {
  expect(outcomeOf({ ...nothingHeard(), ...heard }, exit, words)).toMatchObject(outcome)
})
