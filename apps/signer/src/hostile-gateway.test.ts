import { readFileSync } from 'node:fs'
import { canonicalBytes, keyIdOf, utf8, type Json } from '@chaperone/encoding'
import { encodeEvent, type Event } from '@chaperone/domain'
import { generateKey, nodeCrypto, signSshsig } from '@chaperone/node-crypto'
import { signCheckpoint, verifierKey } from '@chaperone/tlog'
import { softwareAuthenticator } from '@chaperone/testkit'
import { expect, test } from 'vitest'
import {
  after,
  askFor,
  changedOrder,
  changedStep,
  digestOf,
  intending,
  liftsOf,
  lineOf,
  recoveryOf,
  saying,
  secondStep,
  stating,
  stopOf,
  touching,
  withPerson,
  type Attack,
} from '../test/attacks.ts'
import { gateway, type Gateway } from '../test/gateway.ts'
import {
  always,
  escort,
  farBack,
  officer,
  rosterKey,
  secondEscort,
  secondOfficer,
  signWith,
  technician,
  type OrganisationOptions,
} from '../test/organisation.ts'
import type { Work } from '../test/work.ts'

/*
 * A gateway in the hands of an attacker: it has the gateway's place, the log's key and everything that people ever
 * signed, and tries to make a certificate out of it. Rows are added, never removed.
 */

type Row = readonly [code: string, what: string, attack: Attack, options?: OrganisationOptions]

const other = 'f'.repeat(64)
const otherHostKey = `SHA256:${'A'.repeat(43)}`

const documents: readonly Row[] = [
  ['step-not-as-signed', 'a changed byte', changedStep({ bytes: { length: 3, sha256: other } })],
  ['step-not-as-signed', 'another account', changedStep({ account: 'root' })],
  ['step-not-as-signed', 'another target', changedStep({ target: 'db-1' })],
  ['step-not-as-signed', 'a longer time', changedStep({ maxSeconds: 61 })],
  ['step-malformed', 'a run of a week', changedStep({ maxSeconds: 7 * 24 * 3600 })],
  ['step-malformed', 'a lone surrogate', changedStep({ expected: '\ud800' })],
  ['step-not-as-signed', 'another step of the order', askFor(() => ({ index: 2 }))],
  ['step-unknown', 'a step past the end', askFor(() => ({ index: 9 }))],
  ['step-not-as-signed', 'another attempt', askFor(() => ({ attempt: 2 }))],
  [
    'step-not-as-signed',
    'another salt of the step',
    askFor(({ step }) => ({ step: { ...step, salt: other } })),
  ],
  [
    'statement-not-for-this',
    'another salt of the order',
    askFor(({ order }) => ({ order: { ...order, salt: other } })),
  ],
  ['statement-not-for-this', 'another reason', changedOrder({ purpose: 'harmless' })],
  ['statement-not-for-this', 'another version', changedOrder({ version: 2 })],
  ['statement-not-for-this', 'a longer rollback', changedOrder({ rollbackSteps: 2 })],
  ['order-malformed', 'a lone surrogate in the purpose', changedOrder({ purpose: '\ud800' })],
  ['order-malformed', 'an order without steps', changedOrder({ steps: [] })],
  ['window-invalid', 'a window of many years', changedOrder({ notAfter: always })],
  [
    'statement-not-for-this',
    'a changed byte, with an order to match',
    (it) =>
      it.ask(it.work({ bytes: [utf8('rm -rf /\n')], order: { rollbackSteps: 0 } }), 1, [it.work().allow()]),
  ],
  [
    'account-not-permitted',
    'an account that the roster lacks',
    (it) => it.ask(it.work({ account: 'root' }), 1),
  ],
  ['target-unknown', 'a target that the roster lacks', (it) => it.ask(it.work({ target: 'nowhere' }), 1)],
  [
    'interpreter-not-permitted',
    'an interpreter that no runner speaks',
    (it) => it.ask(it.work({ interpreter: 'sql' }), 1),
    { target: { interpreters: ['bash', 'sql'] } },
  ],
  [
    'interpreter-not-permitted',
    'an interpreter that the roster lacks',
    (it) => it.ask(it.work(), 1),
    { target: { interpreters: ['sql'] } },
  ],
  [
    'duration-too-long',
    'a longer run than the roster permits',
    (it) => it.ask(it.work({ maxSeconds: 61 }), 1),
    { target: { maxSeconds: 60 } },
  ],
  [
    'technician-unknown',
    'a technician who is none',
    (it) => it.ask(it.work(), 1),
    { change: (roster) => ({ ...roster, people: withPerson(roster, technician, { roles: [] }) }) },
  ],
  [
    'technician-unknown',
    'a technician whose time is over',
    (it) => it.ask(it.work(), 1),
    { change: (roster) => ({ ...roster, people: withPerson(roster, technician, { until: farBack }) }) },
  ],
]

const decisions: readonly Row[] = [
  ['host-key-not-in-roster', 'another machine’s host key', lineOf({ hostKey: otherHostKey })],
  ['step-not-as-signed', 'a line for another target', lineOf({ target: 'db-1' })],
  ['step-not-as-signed', 'a line for another account', lineOf({ account: 'root' })],
  ['step-not-as-signed', 'a line for another interpreter', lineOf({ interpreter: 'sql' })],
  ['step-not-as-signed', 'a line for another step’s digest', lineOf({ digest: other })],
  ['step-not-as-signed', 'a line for another attempt', lineOf({ attempt: 2 })],
  ['step-not-as-signed', 'a line of a longer order', lineOf({ step: { index: 1, of: 4 } })],
  ['step-unknown', 'no line for the step', lineOf({ step: { index: 2, of: 3 } })],
  [
    'step-unknown',
    'two lines for the step',
    stating((_, work) => [work.allow(escort, { steps: [work.line(1), work.line(1, { attempt: 2 })] })]),
  ],
  ['statement-not-for-this', 'another order’s approval', saying({ order: 'wo-00000002' })],
  ['statement-not-for-this', 'another version’s approval', saying({ version: 2 })],
  ['statement-not-for-this', 'an approval of another digest', saying({ orderDigest: other })],
  ['statement-not-for-this', 'another technician’s approval', saying({ technician: 'p-somebodyelse' })],
  ['statement-not-for-this', 'a forbid passed as an allow', saying({ kind: 'forbid' })],
  ['roster-stale', 'an approval under another roster', saying({ roster: 2 })],
  ['policy-stale', 'an approval under another policy', saying({ policy: other })],
  ['log-head-unknown', 'an approval that saw a longer log', saying({ logSize: 99 })],
  ['log-head-unknown', 'an approval that saw another log', saying({ logSize: 3, logRoot: other })],
  [
    'window-not-open',
    'before the approval’s window',
    saying({ notBefore: '2030-01-01T00:00:00Z', notAfter: always }),
  ],
  [
    'window-closed',
    'after the approval’s window',
    saying({ notBefore: farBack, notAfter: '2021-01-01T00:00:00Z' }),
  ],
  [
    'window-not-open',
    'before the order’s window',
    (it) => {
      const notBefore = '2026-09-23T00:00:00Z'
      const work = it.work({ order: { notBefore, notAfter: '2026-09-24T00:00:00Z' } })
      return it.ask(work, 1, [work.allow(escort, { notBefore: farBack })])
    },
  ],
  [
    'window-closed',
    'after the order’s window',
    (it) => {
      const work = it.work()
      it.time += 3600
      return it.ask(work, 1, [work.allow(escort, { notAfter: always })])
    },
  ],
  ['escort-is-author', 'the technician as their own escort', stating((_, work) => [work.allow(technician)])],
  ['role-missing', 'an officer in an escort’s place', stating((_, work) => [work.allow(officer)])],
  [
    'key-not-in-roster',
    'a stranger’s key',
    stating((_, work) => [signWith(generateKey().key, work.statement(escort))]),
  ],
  [
    'key-not-theirs',
    'another escort’s key',
    stating((it, work) => [signWith(it.organisation.keyOf(secondEscort), work.statement(escort))]),
  ],
  [
    'key-not-in-roster',
    'a revoked key',
    (it) => {
      const revoked = [keyIdOf(it.organisation.keyOf(escort).blob, nodeCrypto.sha256)]
      it.signer.takeRoster(it.organisation.nextRoster({ revoked }))
      return saying({ roster: 2 })(it)
    },
  ],
  [
    'signature-namespace',
    'a signature made for another purpose',
    stating((it, work) => {
      const { text } = work.allow()
      return [{ text, signature: signSshsig(it.organisation.keyOf(escort), 'forbid@chaperone', utf8(text)) }]
    }),
  ],
  [
    'signature-bad',
    'a signature of another text',
    stating((_, work) => [
      { text: work.allow(escort, { notBefore: farBack }).text, signature: work.allow().signature },
    ]),
  ],
  [
    'statement-malformed',
    'a second spelling',
    stating((_, work) => {
      const { text, signature } = work.allow()
      return [{ text: text.replace('version 1', 'version 01'), signature }]
    }),
  ],
  ['signature-malformed', 'no signature', stating((_, work) => [{ text: work.allow().text, signature: '' }])],
  [
    'escort-regime',
    'an escort of another regime',
    (it) => it.ask(it.work(), 1),
    { change: (roster) => ({ ...roster, people: withPerson(roster, escort, { regimes: ['nerc-cip'] }) }) },
  ],
  [
    'key-class-not-permitted',
    'a class of key that the target does not take',
    (it) => it.ask(it.work(), 1),
    { target: { keyClasses: ['passkey', 'fido2'] } },
  ],
  [
    'key-class-not-permitted',
    'a software key outside regime open',
    (it) => it.ask(it.work(), 1),
    {
      // Everybody is in that regime; the second target stays open, so that roster 1 needs no hardware keys.
      change: (roster) => ({
        ...roster,
        people: roster.people.map((person) => ({
          ...person,
          regimes: ['open', 'fedramp-high'],
          keys: person.roles.includes('officer')
            ? person.keys.map((key) => ({ ...key, class: 'piv' }))
            : person.keys,
        })),
        targets: roster.targets.map((target) => ({ ...target, regime: 'fedramp-high' })),
      }),
    },
  ],
  ['quorum-missing', 'one of two', (it) => it.ask(it.work(), 1), { target: { quorum: 2 } }],
  ['quorum-missing', 'one where the escort asked for a second', lineOf({ seat: { index: 1, of: 2 } })],
  [
    'quorum-missing',
    'both seats by one person with one key',
    stating((_, work) => [work.allow(), work.allow(escort, { notBefore: farBack })]),
    { target: { quorum: 2 } },
  ],
  [
    'quorum-missing',
    'both seats by one person with two keys',
    (it) => {
      const second = generateKey().key
      const { roster, keyOf } = it.organisation
      const keys = [rosterKey(keyOf(escort)), rosterKey(second)]
      it.signer.takeRoster(it.organisation.nextRoster({ people: withPerson(roster, escort, { keys }) }))
      const work = it.work()
      const seat = (index: number) =>
        work.statement(escort, { roster: 2, steps: [work.line(1, { seat: { index, of: 2 } })] })
      return it.ask(work, 1, [it.organisation.sign(escort, seat(1)), signWith(second, seat(2))])
    },
  ],
  [
    'step-not-as-signed',
    'two seats that looked at different machines',
    stating((_, work) => [
      work.allow(),
      work.allow(secondEscort, { steps: [work.line(1, { hostKey: otherHostKey })] }),
    ]),
  ],
  [
    'signature-bad',
    'a passkey’s sign-in passed off as a decision',
    touching(softwareAuthenticator(), 'https://sign.localhost', nodeCrypto.sha256),
  ],
  [
    'key-class-unproven',
    'a passkey’s touch at the gateway’s own page',
    touching(softwareAuthenticator(), 'https://app.sign.localhost', (wanted) => wanted),
  ],
  [
    'key-class-unproven',
    'a passkey’s touch by somebody who was not asked for a PIN',
    touching(softwareAuthenticator({ verifiesUser: false }), 'https://sign.localhost', (wanted) => wanted),
  ],
]

const rosters: readonly Row[] = [
  [
    'roster-older',
    'the roster before',
    (it) => {
      it.signer.takeRoster(it.organisation.nextRoster({}))
      return it.signer.takeRoster(it.organisation.signedRoster)
    },
  ],
  ['roster-not-next', 'a roster after a gap', offering({ version: 3 })],
  ['roster-not-next', 'a roster after another one', offering({ previous: other })],
  ['roster-expired', 'a roster that expired before it came', offering({ expires: farBack })],
  [
    'roster-other-log',
    'a roster for another log',
    offering({ log: { origin: 'log.example/other', key: 'x' } }),
  ],
  ['adoption-needs-two', 'a roster by one officer', offering({}, [officer])],
  ['adoption-needs-two', 'a roster by one officer twice', offering({}, [officer, officer])],
  ['role-missing', 'a roster by an escort', offering({}, [officer, escort])],
  [
    'adoption-not-for-this',
    'a changed roster under the officers’ signatures',
    (it) => {
      const { adoptions } = it.organisation.nextRoster({})
      return it.signer.takeRoster({ bytes: it.organisation.nextRoster({ policy: other }).bytes, adoptions })
    },
  ],
  [
    'roster-malformed',
    'a roster with another member',
    (it) => {
      const { roster, signedRoster } = it.organisation
      const bytes = canonicalBytes({ ...roster, more: 1 } as unknown as Json)
      return it.signer.takeRoster({ bytes, adoptions: signedRoster.adoptions })
    },
  ],
  [
    'roster-expired',
    'work under a roster that has expired',
    (it) => {
      it.signer.takeRoster(it.organisation.nextRoster({ expires: '2026-09-22T00:00:00Z' }))
      it.time += 24 * 3600
      return saying({ roster: 2 })(it)
    },
  ],
]

function offering(...next: Parameters<Gateway['organisation']['nextRoster']>): Attack {
  return (it) => it.signer.takeRoster(it.organisation.nextRoster(...next))
}

const seen = (it: Gateway, person = officer): Event => ({ v: 1, type: 'signed-in', at: it.at(), person })

const logs: readonly Row[] = [
  ['log-gap', 'a log with a gap', (it) => it.signer.readLog({ from: 5, entries: [], checkpoint: null })],
  [
    'log-rewound',
    'a rewound log',
    (it) => {
      it.log.append(seen(it))
      it.feed()
      return it.signer.readLog(it.log.fork(1).part(0))
    },
  ],
  ['log-rewound', 'a log from its start', (it) => it.signer.readLog(it.log.part(0))],
  [
    'log-forked',
    'another log of the same length',
    (it) => {
      const fork = it.log.fork(0)
      fork.append(seen(it))
      return it.signer.readLog(fork.part(1))
    },
  ],
  [
    'log-forked',
    'a longer log without what was read before',
    (it) => {
      const fork = it.log.fork(0)
      fork.append(seen(it))
      fork.append(seen(it, escort))
      return it.signer.readLog(fork.part(1))
    },
  ],
  [
    'log-forked',
    'the true log again, after a fork and a restart',
    (it) => {
      const fork = it.log.fork(0)
      fork.append(seen(it))
      it.signer.readLog(fork.part(1))
      it.restart()
      return it.ask(it.work(), 1)
    },
  ],
  [
    'log-forked',
    'the true log’s head again, after a fork',
    (it) => {
      const fork = it.log.fork(0)
      fork.append(seen(it))
      it.signer.readLog(fork.part(1))
      return it.feed()
    },
  ],
  [
    'log-forked',
    'a run that was intended before a fork',
    (it) => {
      const work = it.work()
      const statements = [work.allow()]
      it.log.append(work.submission())
      const intent = it.log.append(work.intent(1, statements))
      it.feed()
      const fork = it.log.fork(0)
      for (const person of [officer, escort, technician]) fork.append(seen(it, person))
      it.signer.readLog(fork.part(3))
      return it.signer.issue(work.request(1, statements, intent))
    },
  ],
  [
    'note-signature-bad',
    'a checkpoint by another key',
    (it) => it.signer.readLog({ from: 1, entries: [], checkpoint: headBy(it, generateKey().key) }),
  ],
  [
    'checkpoint-origin',
    'another log’s checkpoint',
    (it) =>
      it.signer.readLog({
        from: 1,
        entries: [],
        checkpoint: headBy(it, it.organisation.log, 'log.example/b'),
      }),
  ],
  [
    'note-malformed',
    'no checkpoint',
    (it) => it.signer.readLog({ from: 1, entries: [], checkpoint: 'hello' }),
  ],
  [
    'checkpoint-not-of-entries',
    'fewer entries than the checkpoint has',
    (it) => {
      it.log.append(seen(it))
      return it.signer.readLog({ ...it.log.part(1), entries: [] })
    },
  ],
  [
    'log-entry-unreadable',
    'an entry that nobody can read',
    (it) => {
      it.log.entries.push(utf8('{}'))
      return it.feed()
    },
  ],
  [
    'intent-not-in-log',
    'an intent that was read and that no checkpoint vouched for',
    async (it) => {
      const work = it.work()
      const statements = [work.allow()]
      it.log.append(work.submission())
      it.feed()
      const entries = [encodeEvent(work.intent(1, statements))]
      it.signer.readLog({ from: 2, entries, checkpoint: null })
      return it.signer.issue(work.request(1, statements, 2))
    },
  ],
  ['intent-not-in-log', 'another entry named as the intent', askFor(() => ({ intent: 0 }))],
  ['intent-not-in-log', 'an intent of another run', intending({ run: '0'.repeat(32) })],
  ['intent-not-for-this', 'an intent of another order', intending({ orderDigest: other })],
  ['intent-not-for-this', 'an intent of another step', intending({ step: 2 })],
  ['intent-not-for-this', 'an intent of another attempt', intending({ attempt: 2 })],
  ['intent-not-for-this', 'an intent of another digest', intending({ stepDigest: other })],
  ['intent-not-for-this', 'an intent for another target', intending({ target: 'db-1' })],
  ['intent-not-for-this', 'an intent by other decisions', intending({ decisions: [other] })],
  [
    'run-ended',
    'an intent that has ended',
    async (it) => {
      const work = it.work()
      const statements = [work.allow()]
      it.log.append(work.submission())
      const intent = it.log.append(work.intent(1, statements))
      it.log.append(work.end(1, { result: 'not-started', reason: 'killed-before-start' }))
      it.log.append(work.intent(1, statements))
      it.feed()
      return it.signer.issue(work.request(1, statements, intent))
    },
  ],
  [
    'order-not-in-log',
    'an order that was never submitted',
    async (it) => {
      const work = it.work()
      const statements = [work.allow()]
      const intent = it.log.append(work.intent(1, statements))
      it.feed()
      return it.signer.issue(work.request(1, statements, intent))
    },
  ],
  ...(
    [
      ['somebody else', { technician: 'p-somebodyelse' }],
      ['another name', { order: 'wo-00000009' }],
      ['another version', { version: 2 }],
      ['a longer window', { notAfter: always }],
    ] as const
  ).map(([what, change]): Row => [
    what === 'another name' ? 'order-not-in-log' : 'order-not-as-logged',
    `an order submitted under ${what}`,
    async (it) => {
      const work = it.work()
      const statements = [work.allow()]
      it.log.append(work.submission(change))
      const intent = it.log.append(work.intent(1, statements))
      it.feed()
      return it.signer.issue(work.request(1, statements, intent))
    },
  ]),
  [
    'order-not-as-logged',
    'an order whose name another submission has',
    async (it) => {
      const work = it.work()
      const statements = [work.allow()]
      it.log.append(work.submission({ order: 'wo-00000009' }))
      it.log.append(work.submission({ orderDigest: other }))
      const intent = it.log.append(work.intent(1, statements))
      it.feed()
      return it.signer.issue(work.request(1, statements, intent))
    },
  ],
  [
    'order-version-stale',
    'a version that was replaced',
    after((_, work) => [work.submission({ version: 2, orderDigest: other })]),
  ],
  [
    'order-version-stale',
    'a version that was replaced and is submitted again',
    after((_, work) => [work.submission({ version: 2, orderDigest: other }), work.submission()]),
  ],
  [
    'order-not-as-logged',
    'an order that somebody else had submitted before',
    async (it) => {
      it.log.append(it.work().submission({ technician: 'p-somebodyelse' }))
      it.feed()
      return it.ask(it.work(), 1)
    },
  ],
  [
    'order-version-stale',
    'a version that comes after a later one',
    (it) => {
      it.log.append(it.work().submission({ version: 2, orderDigest: other }))
      return it.ask(it.work(), 1)
    },
  ],
  [
    'order-ended',
    'another version of an order that was withdrawn and then forbidden',
    (it) => {
      const first = it.work()
      const { order } = first.document
      const statement = first.allow(secondEscort, { kind: 'forbid' })
      it.log.append(first.submission())
      it.log.append(withdrawal(it, first))
      it.log.append({ v: 1, type: 'decision-recorded', at: it.at(), order, statement })
      return it.ask(it.work({ order: { version: 2 } }), 1)
    },
  ],
  ['order-ended', 'an order that was withdrawn', after((it, work) => [withdrawal(it, work)])],
  [
    'order-ended',
    'an order that was withdrawn and is submitted again',
    after((it, work) => [withdrawal(it, work), work.submission()]),
  ],
  [
    'order-ended',
    'an order that was forbidden',
    after((it, { document: { order }, allow }) => [
      {
        v: 1,
        type: 'decision-recorded',
        at: it.at(),
        order,
        statement: allow(secondEscort, { kind: 'forbid' }),
      },
    ]),
  ],
  [
    'order-ended',
    'an order that was erased',
    after((it, { document: { order } }) => [
      { v: 1, type: 'erased', at: it.at(), order, by: officer, authority: other },
    ]),
  ],
  [
    'order-frozen',
    'an order that was frozen',
    after((it, { document: { order } }) => [
      { v: 1, type: 'order-frozen', at: it.at(), order, version: 1, person: escort },
    ]),
  ],
  [
    'run-in-progress',
    'another step of the order at the same time',
    after((_, work) => [work.intent(1, [work.allow()])], 3),
  ],
  ['predecessor-missing', 'a step out of order', (it) => it.ask(it.work(), 2)],
  [
    'predecessor-missing',
    'a step whose predecessor never ran, whatever the log says',
    (it) => {
      const work = it.work()
      it.log.append(work.submission())
      it.log.append(work.intent(1, [work.allow()]))
      return secondStep(it, work, { result: 'succeeded' })
    },
  ],
]

function headBy(
  it: Gateway,
  key: { sign(message: Uint8Array): Uint8Array },
  origin = it.organisation.trustRoot.origin,
) {
  const name = verifierKey(origin, 1, it.organisation.log.point, nodeCrypto.sha256)
  return signCheckpoint({ origin, size: 1, root: it.log.root() }, name, (message) => key.sign(message))
}

function withdrawal(it: Gateway, { document: { order } }: Work): Event {
  return { v: 1, type: 'order-withdrawn', at: it.at(), order, version: 1, technician }
}

const stopInLog: Attack = (it) => {
  it.log.append({ v: 1, type: 'stop-ordered', at: it.at(), stop: other, statement: stopOf(it) })
  return it.ask(it.work(), 1)
}

const officersWork: readonly Row[] = [
  ['stopped', 'a stop that the log has', stopInLog],
  [
    'stopped',
    'a stop, after a restart',
    (it) => {
      it.signer.stop(stopOf(it, { scope: 'person', value: escort }))
      it.restart()
      it.time += 1
      return it.ask(it.work(), 1)
    },
  ],
  [
    'stopped',
    'a stop over something that is not known here',
    (it) => {
      it.signer.stop(stopOf(it, { scope: 'employer', value: 'acme' }))
      return it.ask(it.work(), 1)
    },
  ],
  [
    'stopped',
    'a stop that the log lifts by one officer twice',
    (it) => {
      const stop = digestOf(stopOf(it))
      it.signer.stop(stopOf(it))
      const statements = liftsOf(it, stop, [officer, officer])
      it.log.append({ v: 1, type: 'stop-lifted', at: it.at(), stop, statements })
      return it.ask(it.work(), 1)
    },
  ],
  ['role-missing', 'a stop by an escort', (it) => it.signer.stop(stopOf(it, { officer: escort }))],
  ['stop-expired', 'a stop that is over', (it) => it.signer.stop(stopOf(it, { expires: farBack }))],
  [
    'statement-not-for-this',
    'another statement as a stop',
    (it) => it.signer.stop(liftsOf(it, other, [officer])[0]!), // one was asked for
  ],
  [
    'stop-unknown',
    'a lift of no stop',
    (it) => it.signer.lift(other, liftsOf(it, other, [officer, secondOfficer])),
  ],
  [
    'officers-needed',
    'a lift by one officer twice',
    (it) => {
      it.signer.stop(stopOf(it))
      const stop = digestOf(stopOf(it))
      return it.signer.lift(stop, liftsOf(it, stop, [officer, officer]))
    },
  ],
  [
    'role-missing',
    'a lift by an officer and an escort',
    (it) => {
      it.signer.stop(stopOf(it))
      const stop = digestOf(stopOf(it))
      return it.signer.lift(stop, liftsOf(it, stop, [officer, escort]))
    },
  ],
  [
    'key-not-in-roster',
    'a recovery by an officer and a stranger',
    (it) => it.signer.recover(recoveryOf(it, [officer, 'p-somebodyelse'])),
  ],
  [
    'statement-not-for-this',
    'other statements as a recovery',
    (it) => it.signer.recover(liftsOf(it, other, [officer, secondOfficer])),
  ],
  [
    'statement-not-for-this',
    'lifts of another stop',
    (it) => {
      it.signer.stop(stopOf(it))
      return it.signer.lift(digestOf(stopOf(it)), liftsOf(it, other, [officer, secondOfficer]))
    },
  ],
  [
    'stop-lifted',
    'a stop that was lifted, again',
    (it) => {
      const stop = stopOf(it)
      it.signer.stop(stop)
      it.signer.lift(digestOf(stop), liftsOf(it, digestOf(stop), [officer, secondOfficer]))
      return it.signer.stop(stop)
    },
  ],
  ['officers-needed', 'a recovery by one officer', (it) => it.signer.recover(recoveryOf(it, [officer]))],
  [
    'recovery-not-next',
    'a recovery for a later epoch',
    (it) => it.signer.recover(recoveryOf(it, [officer, secondOfficer], 3)),
  ],
  [
    'recovery-not-next',
    'a recovery once more',
    (it) => {
      it.signer.recover(recoveryOf(it, [officer, secondOfficer]))
      return it.signer.recover(recoveryOf(it, [officer, secondOfficer]))
    },
  ],
  [
    'statement-not-for-this',
    'recoveries of two different heads',
    (it) => {
      it.log.append(seen(it))
      return it.signer.recover([...recoveryOf(it, [officer], 2, 1), ...recoveryOf(it, [secondOfficer], 2, 2)])
    },
  ],
  [
    'log-forked',
    'another log than the one that officers accepted',
    (it) => {
      it.signer.recover(recoveryOf(it, [officer, secondOfficer]))
      const fork = it.log.fork(0)
      fork.append(seen(it))
      return it.signer.readLog(fork.part(0))
    },
  ],
]

const all = [...documents, ...decisions, ...rosters, ...logs, ...officersWork]

function spendsIn(it: Gateway): number {
  return readFileSync(it.journalPath, 'utf8').split('"type":"run-spent"').length - 1
}

test.for(all)('%s: %s', async ([code, , attack, options]) => {
  using it = gateway(options)
  expect(await attack(it)).toMatchObject({ ok: false, error: { code } })
  expect([it.logins.length, spendsIn(it)]).toEqual([0, 0])
})

/** Step 1 of an order was issued as it should be. */
const afterOne: readonly (readonly [
  code: string,
  what: string,
  attack: (it: Gateway, work: Work) => ReturnType<Attack>,
])[] = [
  ['already-spent', 'the same approval again', (it, work) => it.signer.issue(again(it, work))],
  [
    'not-ready',
    'the same approval again, after a restart',
    (it, work) => {
      it.restart()
      return it.signer.issue(again(it, work))
    },
  ],
  [
    'not-ready',
    'another order, while nobody knows what became of a run from before the restart',
    (it) => {
      it.restart()
      it.time += 10
      return it.ask(it.work({ order: { order: 'wo-00000002' } }), 1)
    },
  ],
  [
    'already-spent',
    'the same approval again, after a restart and its end',
    (it, work) => {
      it.restart()
      it.time += 10
      it.log.append(work.end(1, { result: 'unknown', reason: 'gateway-lost' }))
      it.feed()
      return it.signer.issue(again(it, work))
    },
  ],
  [
    'already-spent',
    'the same approval again, after a recovery to before it',
    (it, work) => {
      it.log = it.log.fork(1)
      it.time += 10
      it.signer.recover(recoveryOf(it, [officer, secondOfficer]))
      it.time += 10
      return it.ask(work, 1, [work.allow(escort, { logSize: 0, logRoot: other })])
    },
  ],
  [
    'run-in-progress',
    'the next step before this one has ended',
    (it, work) => {
      const statements = [work.allow()]
      const intent = it.log.append(work.intent(2, statements))
      it.feed()
      return it.signer.issue(work.request(2, statements, intent))
    },
  ],
  [
    'predecessor-missing',
    'the next step after this one failed',
    (it, work) => secondStep(it, work, { result: 'failed', exit: 1, signal: null }),
  ],
  [
    'predecessor-missing',
    'the next step after a failure that the log calls a success later',
    (it, work) => {
      it.log.append(work.end(1, { result: 'failed', exit: 1, signal: null }))
      it.feed()
      return secondStep(it, work, { result: 'succeeded' })
    },
  ],
  [
    'predecessor-missing',
    'the next step after nobody knows what',
    (it, work) => secondStep(it, work, { result: 'unknown', reason: 'connection-lost' }),
  ],
  [
    'predecessor-missing',
    'the next step with another entry for its proof',
    (it, work) => {
      const statements = [work.allow()]
      const entry = it.log.append(work.end(1)) - 1
      const intent = it.log.append(work.intent(2, statements, { after: { run: work.run(1), entry } }))
      it.feed()
      return it.signer.issue(work.request(2, statements, intent))
    },
  ],
  [
    'predecessor-missing',
    'the step after the next',
    (it, work) => {
      const statements = [work.allow()]
      const entry = it.log.append(work.end(1))
      const intent = it.log.append(work.intent(3, statements, { after: { run: work.run(1), entry } }))
      it.feed()
      return it.signer.issue(work.request(3, statements, intent))
    },
  ],
  [
    'predecessor-missing',
    'another order’s step after this one',
    async (it, work) => {
      const entry = it.log.append(work.end(1))
      const next = it.work({ order: { order: 'wo-00000002' } })
      it.log.append(next.submission())
      const statements = [next.allow()]
      const intent = it.log.append(next.intent(2, statements, { after: { run: work.run(1), entry } }))
      it.feed()
      return it.signer.issue(next.request(2, statements, intent))
    },
  ],
  [
    'clock-behind',
    'a clock that was set back',
    (it) => {
      it.time -= 5
      return it.ask(it.work({ order: { order: 'wo-00000002' } }), 1)
    },
  ],
]

function again(it: Gateway, work: Work) {
  return work.request(1, [work.allow(escort, { logSize: 1, logRoot: other })], it.log.entries.length - 1)
}

test.for(afterOne)('after one run, %s: %s', async ([code, , attack]) => {
  using it = gateway()
  const work = it.work({ order: { rollbackSteps: 0 } })
  expect(await it.ask(work, 1)).toMatchObject({ ok: true })
  it.time += 1
  expect(await attack(it, work)).toMatchObject({ ok: false, error: { code } })
  expect([it.logins.length, spendsIn(it)]).toEqual([1, 1])
})

const unready: readonly Row[] = [
  ['roster-missing', 'no roster', (it) => it.ask(it.work(), 1)],
  [
    'roster-not-trusted',
    'a first roster that the trust root does not name',
    (it) => {
      using stranger = gateway({ ready: false })
      return it.signer.takeRoster(stranger.organisation.signedRoster)
    },
  ],
  [
    'not-ready',
    'a head that is no younger than the start',
    (it) => {
      it.signer.takeRoster(it.organisation.signedRoster)
      return it.ask(it.work(), 1)
    },
  ],
  [
    'not-ready',
    'an intent from before the start',
    (it) => {
      it.signer.takeRoster(it.organisation.signedRoster)
      const work = it.work()
      const statements = [work.allow()]
      it.log.append(work.submission())
      const intent = it.log.append(work.intent(1, statements))
      it.time += 10
      it.log.append(seen(it))
      it.feed()
      return it.signer.issue(work.request(1, statements, intent))
    },
  ],
  ['roster-missing', 'a stop without a roster', (it) => it.signer.stop(stopOf(it))],
  [
    'roster-missing',
    'a recovery without a roster',
    (it) => it.signer.recover(recoveryOf(it, [officer, secondOfficer])),
  ],
]

test.for(unready)('before it is ready, %s: %s', async ([code, , attack]) => {
  using it = gateway({ ready: false })
  expect(await attack(it)).toMatchObject({ ok: false, error: { code } })
  expect([it.logins.length, spendsIn(it)]).toEqual([0, 0])
})
