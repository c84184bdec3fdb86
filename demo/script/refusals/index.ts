import type { Attack } from './attack.ts'
import { changedByte } from './changed-byte.ts'
import { lateStart } from './late-start.ts'
import { latchedStop } from './latched-stop.ts'
import { otherCommand } from './other-command.ts'
import { outOfOrder } from './out-of-order.ts'
import { ownEscort } from './own-escort.ts'
import { replayedApproval } from './replayed-approval.ts'
import { rewoundLog } from './rewound-log.ts'
import { signInAsDecision } from './sign-in-as-decision.ts'
import { staleRoster } from './stale-roster.ts'
import { strangersKey } from './strangers-key.ts'

/** Every way to break a rule that the story shows, in its order. */
export const attacks: readonly Attack[] = [
  changedByte,
  replayedApproval,
  otherCommand,
  lateStart,
  outOfOrder,
  staleRoster,
  latchedStop,
  ownEscort,
  strangersKey,
  signInAsDecision,
  rewoundLog,
]
