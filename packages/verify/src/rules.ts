/**
 * What `chaperone verify` answers about, each with one line of docs/verification.md (a test compares them). A rule is
 * `proven`, `broken` at its first entry, or `unproven` by what is missing.
 */
export const rules = {
  'checkpoint-signed': 'The checkpoint is of the trust root’s log and signed by its key.',
  'checkpoint-cosigned': 'The signer of the trust root cosigned the same checkpoint.',
  'checkpoint-witnessed': 'As many witnesses as the roster in force asks for cosigned the same checkpoint.',
  'entries-unchanged': 'All entries together hash to the root that the checkpoint names.',
  'events-well-formed': 'Every entry is one known event in its one spelling.',
  'time-in-order': 'No entry is more than a minute older than one before it.',
  'rosters-adopted':
    'Roster 1 is the trust root’s; two officers of the roster in force signed each later one.',
  'orders-by-their-people':
    'Orders were submitted, revised, claimed, asked about and withdrawn, output asked for or declined, and questions about steps answered, by those who may, for targets of the roster.',
  'decisions-signed':
    'Every decision was signed by its escort’s own key, for exactly the steps submitted, not by the author.',
  'runs-allowed':
    'Every intent rests on a whole quorum’s signed decisions, in their window, in order, under no stop.',
  'predecessors-succeeded': 'The entry that an intent names as its predecessor’s success says so.',
  'intents-before-starts': 'No run started without an intent before it.',
  'runs-end-once': 'No run has two ends, and none ended that was not intended.',
  'runs-ended': 'Every intended run has an end.',
  'interruptions-by-their-people': 'Kills, freezes and the signatures that followed came from those who may.',
  'releases-signed':
    'Every release was signed by an escort’s own key, to the order’s technician, for runs that ended.',
  'disclosures-released':
    'Nothing was disclosed but what was released to that reader, or by an adopted rule.',
  'stops-signed': 'Stops were ordered by one officer’s and lifted by two officers’ signatures.',
  'recoveries-signed': 'Every recovery names the log’s head of that moment and is signed by two officers.',
  'heads-seen': 'The log heads that signed decisions and releases name are heads of this log.',
  'openings-match': 'What is opened is what the log committed to.',
  'documents-as-recorded': 'Opened orders, steps, commands and texts say what the log’s entries say of them.',
  'recordings-chained': 'Recordings are complete and in the order that the log’s link says.',
  'logins-intended':
    'Every login that a target’s sshd logged under our authority has its intent (--sshd-log).',
} as const

export type RuleName = keyof typeof rules
