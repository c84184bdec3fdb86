import type { CodeReading } from './read-code.ts'

const line = /^\s*(?:@\w+|(?:\S+\s+){4}\S+)\s+(.+)$/

/** Reads a table of things to run at set times: the commands in it. */
export function readCrontab(text: string): CodeReading {
  const commands = text.split('\n').flatMap((one) => {
    if (/^\s*(#|$)|^\s*\w+\s*=/.test(one)) return []
    const command = line.exec(one)?.[1]
    return command === undefined ? [] : [command.replace(/(?<!\\)%[\s\S]*$/, '').replace(/\\%/g, '%')]
  })
  return { facts: [], commands, scripts: [], printed: undefined, understood: true }
}
