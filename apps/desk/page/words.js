/** What is shown, in words. */

/** @typedef {import('../src/view.ts').SigningView} SigningView */
/** @typedef {import('../src/view.ts').PersonView} Person */

/**
 * `step 2`, `steps 1–3 and 5`.
 *
 * @param {readonly number[]} indexes rising
 */
export function stepsInWords(indexes) {
  /** @type {[number, number][]} */
  const runs = []
  for (const index of indexes) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  const parts = runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`))
  return `${indexes.length === 1 ? 'step' : 'steps'} ${new Intl.ListFormat('en').format(parts)}`
}

/**
 * What the signature will do, as a heading and a sentence.
 *
 * @param {SigningView['subject']} subject
 * @returns {{ readonly title: string, readonly lead: string, readonly done: string }}
 */
export function subjectInWords(subject) {
  switch (subject.kind) {
    case 'allow':
      return allowInWords(subject)
    case 'forbid': {
      const what = `${stepsInWords(subject.steps.map((step) => step.index))} of order ${subject.order}`
      return {
        title: `You are about to forbid ${what}`,
        lead: 'What is shown below will not run. The technician is told that it was forbidden.',
        done: `You forbade ${what}.`,
      }
    }
    case 'release':
      return {
        title: `You are about to release output of order ${subject.order}`,
        lead: `The text below leaves, exactly as shown, to ${personInWords(subject.recipient)}. It cannot be called back.`,
        done: `You released output of order ${subject.order}.`,
      }
    case 'kill':
      return {
        title: `You are about to sign the stop of a run of order ${subject.order}`,
        lead: 'The run below is ended, with everything it started that can be reached. What it has done already stays done.',
        done: `You signed the stop of a run of order ${subject.order}.`,
      }
    case 'freeze':
      return {
        title: `You are about to freeze order ${subject.order}`,
        lead: 'You say that this order was allowed wrongly. What runs is ended, nothing more of it starts, and an officer is called. Only its rollback may still be allowed.',
        done: `You froze order ${subject.order}.`,
      }
  }
}

/** @param {import('../src/view.ts').DecisionView} decision */
function allowInWords({ order, steps }) {
  const what = `${stepsInWords(steps.map((step) => step.index))} of order ${order}`
  const places = new Intl.ListFormat('en').format([...new Set(steps.map((step) => step.target))])
  const open = steps.some((step) => step.seat.index < step.seat.of)
  const others = open ? ' More people must allow it before anything runs.' : ''
  const which = steps.length === 1 ? 'This exact command' : 'These exact commands'
  return {
    title: `You are about to allow ${what}`,
    lead: `${which} will run on ${places}, once, and only inside the time window.${others}`,
    done: `You allowed ${what}.`,
  }
}

/** @param {Person} person */
export function personInWords({ id, name }) {
  return name === null ? id : `${name} (${id})`
}

/** @type {Readonly<Record<string, string>>} */
const levels = {
  routine: 'Routine',
  notable: 'Notable',
  'high-impact': 'High impact',
  stop: 'Danger',
  opaque: 'Cannot be known',
}

/**
 * @param {string} level
 * @returns {{ readonly word: string, readonly look: string }}
 */
export function levelInWords(level) {
  const word = Object.hasOwn(levels, level) ? levels[level] : undefined
  return word === undefined ? { word: 'Not analysed', look: 'opaque' } : { word, look: level }
}

/**
 * UTC, as it is signed, and the reader's own time where it differs.
 *
 * @param {string} instant
 */
export function timeInWords(instant) {
  const utc = `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`
  const date = new Date(instant)
  if (date.getTimezoneOffset() === 0) return utc
  const own = date.toLocaleString('en-GB', {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
  return `${utc} (${own})`
}

/** @param {number} seconds */
export function durationInWords(seconds) {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ]
  return parts
    .filter(([count]) => count !== 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

/**
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

/** @param {import('../src/view.ts').StepView['seat']} seat */
export function seatInWords({ index, of }) {
  if (of === 1) return 'Yours is the only signature needed'
  const left = of - index
  const others = left === 1 ? 'one more person must sign' : `${left} more people must sign`
  return `Signature ${index} of ${of}${left === 0 ? ', the last one needed' : `; ${others}`}`
}
