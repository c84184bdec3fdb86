import type { Review, RunView, TechnicianOrder } from '@chaperone/contract'

/** The product's fixed words for people, the same as on the screens. */

export const phaseWords: Readonly<Record<TechnicianOrder['phase'], string>> = {
  'waiting-for-escort': 'waiting for an escort',
  'in-review': 'in review',
  'question-open': 'a question is open',
  'waiting-for-second-escort': 'waiting for a second escort',
  'waiting-for-window': 'waiting for its time window',
  running: 'running',
  halted: 'halted',
  done: 'done',
  forbidden: 'forbidden',
  withdrawn: 'withdrawn',
  frozen: 'frozen',
  expired: 'expired',
}

export const levelWords: Readonly<Record<Review['steps'][number]['analysis']['level'], string>> = {
  routine: 'routine',
  notable: 'notable',
  'high-impact': 'high-impact',
  stop: 'DANGER',
  opaque: 'cannot be known',
}

export function outcomeWords(run: RunView): string {
  const { outcome } = run
  if (outcome === null) return run.state === 'started' ? 'running' : 'about to run'
  switch (outcome.result) {
    case 'succeeded':
      return 'succeeded'
    case 'failed':
      return outcome.exit === null ? `failed by signal ${outcome.signal}` : `failed with exit ${outcome.exit}`
    case 'killed':
      return `stopped (${outcome.reason}), ${outcome.confirmed ? 'confirmed' : `not confirmed: ${outcome.survivors} may still run`}`
    case 'unknown':
      return `UNKNOWN (${outcome.reason}): look at the target before anything else`
    case 'not-started':
      return `not started (${outcome.reason})`
  }
}
