import type { Submission, TechnicianOrder } from '@chaperone/contract'
import { instantNow } from '../../demo/demonstration.ts'
import { cast } from '../../demo/organisation.ts'
import { bashStep, window } from '../../demo/sample-orders.ts'
import type { Stage } from './start-stage.ts'

/** An order of the technician's for web-1, submitted without their browser. */
export async function submit(
  { demo }: Stage,
  purpose: string,
  steps: readonly string[],
  rest: Partial<Submission> = {},
): Promise<TechnicianOrder> {
  const technician = await demo.signIn(cast.technician.person)
  return technician.call('submitOrder', {
    body: {
      purpose,
      fault: '',
      component: '',
      mayShow: '',
      effects: [],
      rollback: [],
      ...window(instantNow()),
      steps: steps.map((text) => bashStep(demo.targets.web, `${text}\n`)),
      ...rest,
    },
  })
}
