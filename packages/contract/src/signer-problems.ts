import { problems, type ProblemCode, type ProblemRow } from './problems.ts'

/** What the signer refuses by the same code as the gateway; the words are the same. */
const shared = [
  'request-malformed',
  'request-too-large',
  'roster-malformed',
  'roster-duplicate',
  'roster-not-next',
  'roster-expired',
  'adoption-not-for-this',
  'adoption-needs-two',
  'statement-malformed',
  'signature-malformed',
  'signature-namespace',
  'signature-bad',
  'key-not-in-roster',
  'key-not-theirs',
  'role-missing',
  'key-class-unproven',
  'software-key-refused',
  'statement-not-for-this',
  'stop-unknown',
  'stop-lifted',
  'order-malformed',
  'step-malformed',
  'window-invalid',
  'window-not-open',
  'window-closed',
  'step-unknown',
  'target-unknown',
  'account-not-permitted',
  'interpreter-not-permitted',
  'technician-unknown',
  'escort-is-author',
  'escort-regime',
  'key-class-not-permitted',
  'roster-stale',
  'policy-stale',
  'quorum-missing',
  'host-key-not-in-roster',
  'stopped',
  'order-version-stale',
  'order-ended',
  'order-frozen',
  'run-ended',
  'run-in-progress',
  'predecessor-missing',
] as const satisfies readonly ProblemCode[]

const row = (title: string, advice: string) => ({ title, advice })

/** What only the signer refuses (spec/signer.md §6; a test compares). */
const own = {
  'roster-missing': row('The signer has no roster yet', 'wait until the gateway has handed it over'),
  'roster-older': row('The signer holds a newer roster', 'adopt one that follows the newest'),
  'roster-not-trusted': row('The first roster is not the trust root’s', 'tell an officer: it is not yours'),
  'roster-other-log': row('The roster is for another log', 'correct its log and sign it again'),
  'officers-needed': row('Two officers must sign this', 'a second officer must sign'),
  'stop-expired': row('The stop was over before it came', 'sign a new stop order'),
  'recovery-not-next': row('The recovery is not for the next epoch', 'sign for the epoch that is next'),
  'note-malformed': row('The checkpoint is no signed note', 'tell an officer: the log cannot be trusted'),
  'note-unsigned': row('The checkpoint lacks the log’s signature', 'tell an officer before anything else'),
  'note-signature-bad': row('The log’s signature does not verify', 'tell an officer before anything else'),
  'checkpoint-malformed': row('The checkpoint cannot be read', 'tell an officer before anything else'),
  'checkpoint-origin': row('The checkpoint is of another log', 'look at the gateway’s configuration'),
  'checkpoint-not-of-entries': row('The entries do not end at the checkpoint', 'tell the operator'),
  'log-gap': row('The log that was handed over has a gap', 'tell the operator'),
  'log-rewound': row('The log was set back', 'two officers must recover it: it came from a backup'),
  'log-forked': row(
    'The log contradicts what was read before',
    'tell the officers: nothing runs until they recover',
  ),
  'log-too-long': row('Too much of the log came without a checkpoint', 'tell the operator'),
  'log-entry-unreadable': row(
    'An entry of the log cannot be read',
    'bring the signer to the gateway’s release',
  ),
  'not-ready': row('The signer has not accounted for every run yet', 'wait; it says which runs have no end'),
  'clock-behind': row('The signer’s clock is behind its journal', 'set the clock of the signer’s machine'),
  'step-not-as-signed': row(
    'The step is not the one that was signed',
    'tell an officer: the gateway is broken or hostile',
  ),
  'duration-too-long': row('The step may run longer than the target permits', 'submit it with less time'),
  'log-head-unknown': row('The decision names a head that is not of this log', 'decide again'),
  'already-spent': row('A certificate was made for this attempt already', 'decide on another attempt'),
  'run-closed': row('The attempt was ended before its certificate was made', 'decide on another attempt'),
  'order-not-in-log': row('The log has no such order', 'tell an officer: the gateway is broken or hostile'),
  'order-not-as-logged': row(
    'The order is not the one in the log',
    'tell an officer: the gateway is broken or hostile',
  ),
  'intent-not-in-log': row(
    'The log has no such intent',
    'decide on another attempt; tell an officer if it happens again',
  ),
  'intent-not-for-this': row(
    'The intent in the log is for something else',
    'tell an officer: the gateway is broken or hostile',
  ),
} as const satisfies Record<string, Pick<ProblemRow, 'title' | 'advice'>>

type SignerCode = (typeof shared)[number] | keyof typeof own

/** Reasons of runs that were not started, and faults, as people read them: `signer-CODE`. */
export const signerProblems = Object.fromEntries([
  ...shared.map((code) => [`signer-${code}`, of(problems[code])] as const),
  ...Object.entries(own).map(([code, words]) => [`signer-${code}`, of(words)] as const),
]) as Readonly<Record<`signer-${SignerCode}`, ProblemRow>> // the two lists are its keys

function of({ title, advice }: Pick<ProblemRow, 'title' | 'advice'>): ProblemRow {
  return { status: 409, title: `The signer refused: ${title}`, advice }
}
