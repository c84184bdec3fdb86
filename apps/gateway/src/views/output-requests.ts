import { fromUtf8 } from '@chaperone/encoding'
import type { WorkOrder } from '@chaperone/domain'
import type { OutputRequest, OutputWish } from '@chaperone/contract'
import type { RecordReader } from '@chaperone/usecases'

/** What the technician asked to see, the same for them and for the escort. */
export function outputRequestsOf(reader: RecordReader, order: WorkOrder): Promise<OutputRequest[]> {
  return Promise.all(
    order.requests.map(async ({ request, version, step, text, answer }) => {
      const opening = await reader.opening(text)
      const wish = opening === undefined ? undefined : fromUtf8(opening.value)
      // Stored by us, after it was checked; the log has its commitment.
      return { request, version, step, wish: wish === undefined ? null : asWish(wish), answer }
    }),
  )
}

function asWish(text: string): OutputWish {
  return JSON.parse(text) as OutputWish
}
