import type { Instant } from '@chaperone/encoding'
import type { Fact } from './journal-record.ts'
import type { Memory } from './memory.ts'

/** Facts on their way into the journal, without those that can no longer matter. */
export interface PendingFacts {
  add(fact: Fact): void
  all(): readonly Fact[]
  count(): number
}

/** Leaves out orders whose window closed before `limit`, unless another version of them is known, and their ended runs. */
export function pendingFacts(memory: Memory, limit: Instant): PendingFacts {
  const facts = new Map<string, Fact>()
  const orders = new Set<string>()
  const past = new Set<string>()
  let other = 0

  function addEnd(fact: Extract<Fact, { type: 'ended' }>): void {
    const name = `intent ${fact.run}`
    const intent = facts.get(name)
    if (intent?.type === 'intent') {
      if (past.has(intent.orderDigest) && !memory.spends.has(fact.run)) return void facts.delete(name)
    } else if (!memory.intents.has(fact.run) && !memory.spends.has(fact.run)) return
    first(`ended ${fact.run}`, fact)
  }

  function first(name: string, fact: Fact): void {
    if (!facts.has(name)) facts.set(name, fact)
  }

  function isKnown(order: string): boolean {
    return orders.has(order) || memory.orders.has(order)
  }

  return {
    add(fact) {
      switch (fact.type) {
        case 'order':
          if (fact.notAfter < limit && !isKnown(fact.order)) past.add(fact.orderDigest)
          if (past.has(fact.orderDigest)) return
          orders.add(fact.order)
          return first(`order ${fact.orderDigest}`, fact)
        case 'intent':
          return memory.intents.has(fact.run) ? undefined : first(`intent ${fact.run}`, fact)
        case 'ended':
          return addEnd(fact)
        case 'order-ended':
        case 'order-frozen':
          if (isKnown(fact.order)) facts.set(String(other++), fact)
          return
        default:
          facts.set(String(other++), fact)
      }
    },
    all: () => [...facts.values()],
    count: () => facts.size,
  }
}
