import Fastify from 'fastify'

/** Loads what fastify only loads when it is first used: after `dropPrivileges` its files may be out of reach. */
export async function loadLateModules(): Promise<void> {
  const app = Fastify({ logger: { level: 'silent' } })
  await app.ready()
  await app.close()
}
