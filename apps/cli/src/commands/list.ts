import type { Command } from 'commander'
import { signedInGateway } from '../here.ts'
import { levelWords, phaseWords } from '../printing/words.ts'
import { table } from '../printing/table.ts'
import type { Printer } from '../printing/printer.ts'

export function addList(program: Command, print: Printer): void {
  program
    .command('list')
    .description('Work orders: a technician’s own, or an escort’s inbox')
    .option('--all', 'with those that have ended')
    .option('--older <n>', 'a technician’s own orders after the newest n', '0')
    .action(async ({ all, older }: { all?: boolean; older: string }) => {
      const gateway = signedInGateway()
      const { roles } = await gateway.call('me', {})
      if (roles.includes('escort')) {
        const inbox = await gateway.call('inbox', { query: { all: all === true ? 'true' : 'false' } })
        const rows = inbox.map((order) => [
          order.order,
          phaseWords[order.phase],
          levelWords[order.level],
          order.targets.join(' '),
          order.notAfter,
          order.mine ? 'you' : (order.claim?.escort.name ?? '-'),
          oneLine(order.purpose),
        ])
        return print.result(
          inbox,
          table(['ORDER', 'STATE', 'LEVEL', 'TARGETS', 'UNTIL', 'CLAIMED BY', 'PURPOSE'], rows),
        )
      }
      const mine = await gateway.call('myOrders', { query: { limit: 200, offset: Number(older) } })
      const shown = mine.filter((order) => all === true || !['withdrawn', 'expired'].includes(order.phase))
      const rows = shown.map((order) => [
        order.order,
        String(order.version),
        phaseWords[order.phase],
        order.mustAct,
        oneLine(order.purpose),
      ])
      print.result(shown, table(['ORDER', 'VERSION', 'STATE', 'WAITS FOR', 'PURPOSE'], rows))
    })
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
