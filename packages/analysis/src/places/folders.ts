const untrusted =
  /^(\.{1,2}\/|~\/(?!\.local\/bin\/|bin\/)|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\/run\/user\/|\/home\/|\/root\/|\/media\/|\/mnt\/|\/proc\/|\/dev\/fd\/)/
const system = /^\/(usr|bin|sbin|lib|lib64|opt|etc|snap|nix\/store|run\/current-system)\//

/** A folder where programs lie that somebody other than the system's packages put there. */
export const isUntrustedFolder = (path: string): boolean =>
  path.includes('/') && (untrusted.test(path) || !system.test(path))

/** A folder into which anybody may write. */
export const isWorldWritable = (path: string): boolean =>
  /^(\/tmp|\/var\/tmp|\/dev\/shm|\/run\/user)(\/|$)/.test(path)
