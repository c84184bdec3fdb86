import { readFileSync } from 'node:fs'

export interface Memory {
  /** Mebibytes, shared pages in full. */
  readonly rss: number
  /** Mebibytes, each shared page divided among those who share it. */
  readonly pss: number
}

/** Of all these processes together. */
export function memoryOf(pids: readonly number[]): Memory {
  const each = pids.map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  const sum = (name: string) =>
    each.reduce((total, text) => total + Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1]), 0) /
    1024
  return { rss: sum('Rss'), pss: sum('Pss') }
}

/** A process and all that it started. */
export function familyOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))]
}
