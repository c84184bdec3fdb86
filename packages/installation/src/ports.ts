import { createServer } from 'node:net'
import { Fault } from '@chaperone/encoding'

/** Says which port is taken, and by what member of the configuration it is asked for. Fault: `port-in-use`. */
export async function requireFreePort(host: string, port: number, wantedBy: string): Promise<void> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, exclusive: true }, resolve)
    })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const why =
      code === 'EADDRINUSE' ? 'is in use by another process' : `cannot be used (${code ?? 'unknown'})`
    throw new Fault('port-in-use', `port ${port} on ${host}, wanted by ${wantedBy}, ${why}`, { cause })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

/** Ports that were free a moment ago, each another. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen({ host: '127.0.0.1', port: 0 }, () => {
            const address = server.address()
            resolve(typeof address === 'object' && address !== null ? address.port : 0)
          })
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
