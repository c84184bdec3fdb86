import client from 'prom-client'

/** Counters and gauges in the OpenMetrics form; none has a label that a person could choose. */
export interface Metrics {
  readonly registry: client.Registry<client.OpenMetricsContentType>
  readonly decisions: client.Counter
  readonly kills: client.Counter
  readonly alarms: client.Counter<'code'>
}

export interface Gauges {
  readonly logSize: () => Promise<number>
  readonly cosigned: () => number
  readonly running: () => number
  readonly listeners: () => number
}

export function makeMetrics(gauges: Gauges): Metrics {
  const registry = new client.Registry<client.OpenMetricsContentType>()
  registry.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE)
  const registers = [registry]
  client.collectDefaultMetrics({ register: registry })
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new client.Gauge({
      name,
      help,
      registers,
      async collect() {
        try {
          this.set(await read())
        } catch {
          this.set(NaN) // the store is away: the rest of the page still matters
        }
      },
    })
  gauge('chaperone_log_entries', 'Entries under the newest signed checkpoint', gauges.logSize)
  gauge('chaperone_log_cosigned_entries', 'Entries that the signer has cosigned', gauges.cosigned)
  gauge('chaperone_runs_active', 'Runs held by this process', gauges.running)
  gauge('chaperone_event_listeners', 'Open event streams', gauges.listeners)
  return {
    registry,
    decisions: new client.Counter({
      name: 'chaperone_statements_recorded',
      help: 'Signed statements taken in',
      registers,
    }),
    kills: new client.Counter({ name: 'chaperone_kills_requested', help: 'Kills asked for', registers }),
    alarms: new client.Counter({
      name: 'chaperone_alarms',
      help: 'Things an operator must see, by code',
      labelNames: ['code'],
      registers,
    }),
  }
}
