import type { Command } from 'commander'
import { signedInGateway } from '../here.ts'
import { orderText } from '../printing/order-text.ts'
import { reviewText } from '../printing/review-text.ts'
import type { Printer } from '../printing/printer.ts'

export function addShow(program: Command, print: Printer): void {
  program
    .command('show')
    .description('One work order: your own as a technician, or everything an escort judges by')
    .argument('<order>')
    .action(async (order: string) => {
      const gateway = signedInGateway()
      const { roles } = await gateway.call('me', {})
      if (roles.some((role) => role !== 'technician')) {
        const review = await gateway.call('review', { params: { order } })
        return print.result(review, reviewText(review))
      }
      const mine = await gateway.call('myOrder', { params: { order } })
      print.result(mine, orderText(mine))
    })
}
