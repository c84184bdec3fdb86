import type { OrderEvent } from '@chaperone/domain'
import type { RuleName } from './rules.ts'

/** The rule that an event of an order stands or falls by. */
export function ruleOfEvent(type: OrderEvent['type']): RuleName {
  switch (type) {
    case 'order-submitted':
    case 'order-revised':
    case 'order-withdrawn':
    case 'order-claimed':
    case 'claim-returned':
    case 'question-asked':
    case 'question-answered':
    case 'output-requested':
    case 'output-declined':
    case 'comprehension-recorded':
    case 'erased':
      return 'orders-by-their-people'
    case 'decision-recorded':
      return 'decisions-signed'
    case 'run-intended':
      return 'runs-allowed'
    case 'run-started':
      return 'intents-before-starts'
    case 'run-ended':
      return 'runs-end-once'
    case 'kill-requested':
    case 'order-frozen':
    case 'action-signed':
      return 'interruptions-by-their-people'
    case 'release-recorded':
      return 'releases-signed'
    case 'disclosure-recorded':
      return 'disclosures-released'
  }
}
