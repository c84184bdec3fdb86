import { instantOf, secondsOf, toBase64, utf8, type Instant } from '@chaperone/encoding'
import type { Submission } from '@chaperone/contract'
import type { Targets } from './targets.ts'
import { ledgerFolder, ordersFolder } from './furnish-targets.ts'

type Step = Submission['steps'][number]

const day = 24 * 60 * 60

/** From now on, for a day, unless told otherwise. */
export function window(now: Instant, seconds = day): Pick<Submission, 'notBefore' | 'notAfter'> {
  return { notBefore: now, notAfter: instantOf(secondsOf(now) + seconds) }
}

export function bashStep(
  target: { readonly targetId: string; readonly account: string },
  text: string,
  expected = '',
  maxSeconds = 60,
): Step {
  return {
    target: target.targetId,
    account: target.account,
    interpreter: 'bash',
    bytes: toBase64(utf8(text)),
    files: [],
    expected,
    maxSeconds,
  }
}

/** Six steps of a kind that is done every week, with the way back. */
export function routineOrder({ web }: Targets, now: Instant): Submission {
  const folder = ordersFolder(web.folder)
  const conf = `${folder}/etc/orders.conf`
  const loaded = `${folder}/run/loaded.conf`
  const step = (text: string, expected: string) => bashStep(web, `${text}\n`, expected)
  return {
    ...about(
      'Give the orders service two more workers: bookings wait for more than four seconds in the morning',
      'log/orders.log: "queue depth 64, all 2 workers busy"',
      'orders on web-1',
      'Its log of this morning, the lines about workers in its configuration',
    ),
    ...window(now),
    effects: [
      { effect: 'write-file', place: conf },
      { effect: 'write-file', place: `${conf}.before` },
      { effect: 'write-file', place: loaded },
    ],
    steps: [
      step(`cat ${loaded}`, 'workers = 2'),
      step(`tail -n 12 ${folder}/log/orders.log`, 'every fourth line warns of a full queue'),
      step(`grep -n '^workers' ${conf}`, '3:workers = 2'),
      step(`cp -p ${conf} ${conf}.before`, 'nothing'),
      step(`sed -i 's/^workers = 2$/workers = 4/' ${conf}`, 'nothing'),
      // The service reads this file whenever it has changed.
      step(`cp ${conf} ${loaded} && grep '^workers' ${loaded}`, 'workers = 4'),
    ],
    rollback: [step(`cp -p ${conf}.before ${conf} && cp ${conf} ${loaded}`, 'nothing')],
  }
}

/** Two steps, the second of which makes a careful escort ask. */
export function questionableOrder({ db }: Targets, now: Instant): Submission {
  const folder = ledgerFolder(db.folder)
  return {
    ...about(
      'Make room on the volume of the ledger: it is 91 percent full',
      'log/ledger.log: "volume ledger at 91 percent"',
      'ledger on db-1',
      'Sizes and names of archive files, none of their content',
    ),
    ...window(now),
    effects: [{ effect: 'delete-data', place: `${folder}/archive` }],
    steps: [
      bashStep(db, `du -sk ${folder}/archive/*\n`, 'a line for each month'),
      bashStep(db, `rm ${folder}/archive/2025-10.csv\n`, 'nothing'),
    ],
    rollback: [],
  }
}

export const sampleQuestion =
  'The retention is 400 days and October 2025 is 400 days ago: has it been copied elsewhere?'

function about(purpose: string, fault: string, component: string, mayShow: string) {
  return { purpose, fault, component, mayShow }
}
