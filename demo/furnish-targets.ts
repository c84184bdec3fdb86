import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Something that a sample order can sensibly look at and change: files of a small service, made once. */
type Files = Readonly<Record<string, { readonly text: string; readonly mode?: number }>>

/** The folder of the made-up service on web-1. */
export const ordersFolder = (targetFolder: string) => join(targetFolder, 'srv', 'orders')
/** The folder of the made-up database on db-1. */
export const ledgerFolder = (targetFolder: string) => join(targetFolder, 'srv', 'ledger')

export function furnishWeb(targetFolder: string, owner: Owner): void {
  furnish(ordersFolder(targetFolder), ordersService, owner)
}

export function furnishDatabase(targetFolder: string, owner: Owner): void {
  furnish(ledgerFolder(targetFolder), ledgerDatabase, owner)
}

export interface Owner {
  readonly uid: number
}

function furnish(folder: string, files: Files, { uid }: Owner): void {
  if (existsSync(folder)) return
  const root = process.getuid?.() === 0
  const made = new Set<string>()
  for (const [name, { text, mode }] of Object.entries(files)) {
    const path = join(folder, name)
    for (let at = dirname(path); at.startsWith(dirname(folder)); at = dirname(at)) made.add(at)
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
    writeFileSync(path, text)
    chmodSync(path, mode ?? 0o644)
    made.add(path)
  }
  if (root) for (const path of made) chownSync(path, uid, -1)
}

const ordersLog = Array.from({ length: 40 }, (_, i) => {
  const at = `2026-11-24T0${Math.floor(i / 10)}:${String((i * 7) % 60).padStart(2, '0')}:00Z`
  const slow = i % 4 === 3
  return `${at} ${slow ? 'WARN  queue depth 64, all 2 workers busy, waited 4210 ms' : `INFO  order ${41_800 + i} accepted in 38 ms`}`
}).join('\n')

const ordersService: Files = {
  'etc/orders.conf': {
    text: `# orders: takes harbour bookings from the front desk
listen = 127.0.0.1:9000
workers = 2
queue-limit = 64
log = log/orders.log
`,
  },
  'log/orders.log': { text: `${ordersLog}\n` },
  'run/loaded.conf': { text: 'workers = 2\nqueue-limit = 64\n' },
  'bin/ordersctl': {
    mode: 0o755,
    text: `#!/bin/bash
# Controls the orders service: status, reload.
cd "$(dirname "$0")/.." || exit 1
case \${1:-} in
  status)
    printf 'orders: running with '
    sed -n 's/^workers = \\(.*\\)/\\1 workers/p' run/loaded.conf
    sed -n 's/^queue-limit = \\(.*\\)/queue limit \\1/p' run/loaded.conf ;;
  reload)
    grep -E '^(workers|queue-limit) = [0-9]+$' etc/orders.conf >run/loaded.conf.new || exit 1
    mv run/loaded.conf.new run/loaded.conf
    printf '%s INFO  configuration loaded again\\n' "$(date -u +%FT%TZ)" >>log/orders.log
    echo 'orders: configuration loaded again' ;;
  *) echo 'usage: ordersctl status|reload' >&2; exit 2 ;;
esac
`,
  },
}

const ledgerDatabase: Files = {
  'etc/ledger.conf': {
    text: '# ledger: bookings of the harbour\nretention-days = 400\narchive = archive/\n',
  },
  'archive/2025-10.csv': { text: 'id,berth,tons\n9001,B4,310\n9002,A1,1240\n' },
  'archive/2025-11.csv': { text: 'id,berth,tons\n9101,C2,88\n9102,B4,512\n' },
  'log/ledger.log': {
    text: '2026-11-24T02:00:00Z INFO  nightly archive finished\n2026-11-24T02:00:04Z WARN  volume ledger at 91 percent\n',
  },
}
