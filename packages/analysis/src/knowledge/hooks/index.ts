import type { Nested } from '../shape.ts'
import { parallel } from './parallel.ts'

/** What a small language of its own makes of the commands that were found. */
export type Hook = (nested: readonly Nested[]) => readonly Nested[]

/** By the name that an entry gives as `hook`. */
export const hooks: Readonly<Record<string, Hook>> = { parallel }
