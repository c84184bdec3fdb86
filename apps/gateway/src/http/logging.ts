import type { FastifyServerOptions } from 'fastify'

export interface LogOptions {
  readonly level: string
  /** Standard output when unset. */
  readonly stream?: { write(line: string): void }
}

/**
 * One JSON object a line. A request is logged as method and path, a fault as code and message: no header, no query,
 * no body, and none of the members that a database driver hangs on its errors (they quote rows).
 */
export function logging(options: LogOptions): NonNullable<FastifyServerOptions['logger']> {
  return {
    level: options.level,
    ...(options.stream === undefined ? {} : { stream: options.stream }),
    serializers: {
      req: ({ method, url }) => ({ method, url: pathOf(url ?? '') }),
      err: (error) => ({
        type: error.name,
        code: String((error as { code?: unknown }).code ?? ''),
        message: error.message,
        stack: error.stack ?? '',
      }),
    },
  }
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? ''
}
