import { utf8 } from '@chaperone/encoding'
import { parseStatement, type Event, type EventOf, type SignedStatement } from '@chaperone/domain'
import type { Fact } from './journal-record.ts'
import { stopDigest } from './officers.ts'

/** What matters to the signer in one entry; `lifts` says whether officers did sign a lift. */
export function factOf(
  entry: number,
  event: Event,
  lifts: (event: EventOf<'stop-lifted'>) => boolean,
): Fact | undefined {
  switch (event.type) {
    case 'order-submitted':
    case 'order-revised': {
      const { orderDigest, order, version, technician, notAfter } = event
      return { type: 'order', orderDigest, order, version, technician, notAfter }
    }
    case 'order-withdrawn':
    case 'erased':
      return { type: 'order-ended', order: event.order, how: 'over' }
    case 'order-frozen':
      return { type: 'order-frozen', order: event.order }
    case 'decision-recorded':
      // Whoever signed it: to refuse work needs no proof.
      return kindOf(event.statement) === 'forbid'
        ? { type: 'order-ended', order: event.order, how: 'forbidden' }
        : undefined
    case 'run-intended': {
      const { run, orderDigest, step, attempt, stepDigest, target, decisions, after, at } = event
      return {
        type: 'intent',
        run,
        orderDigest,
        step,
        attempt,
        stepDigest,
        target,
        decisions,
        after,
        entry,
        at,
      }
    }
    case 'run-ended':
      return { type: 'ended', run: event.run, result: event.outcome.result, entry }
    case 'stop-ordered':
      return stopOf(event.statement)
    case 'stop-lifted':
      return lifts(event) ? { type: 'stop-lifted', stop: event.stop } : undefined
    default:
      return undefined
  }
}

function kindOf({ text }: SignedStatement): string | undefined {
  const parsed = parseStatement(utf8(text))
  return parsed.ok ? parsed.value.kind : undefined
}

/** Unsigned ones count too: an officer whose key has ended since must not lose their stop. Two officers lift it. */
function stopOf(signed: SignedStatement): Fact | undefined {
  const parsed = parseStatement(utf8(signed.text))
  if (!parsed.ok || parsed.value.kind !== 'stop') return undefined
  const { scope, value, expires } = parsed.value
  return { type: 'stop-latched', stop: stopDigest(signed), scope, value, expires }
}
