import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { addOption, emptyDocumented, plainText } from './documented.ts'
import type { Documented } from './documented.ts'

interface FigArgument {
  readonly template?: string | readonly string[]
  readonly isOptional?: boolean
  readonly isCommand?: boolean
  readonly name?: string
}

interface FigOption {
  readonly name: string | readonly string[]
  readonly description?: string
  readonly args?: FigArgument | readonly FigArgument[]
}

interface FigSpec {
  readonly name: string | readonly string[]
  readonly description?: string
  readonly options?: readonly FigOption[]
  readonly subcommands?: readonly FigSpec[]
}

/** Programs of many thousand words, of which a general rule says more (`describe-…` only looks). */
const tooLarge = new Set(['aws', 'az', 'gcloud', '-'])
const deepest = 2

/** Reads the specifications of @withfig/autocomplete from a folder where it was unpacked. */
export async function readFig(folder: string): Promise<ReadonlyMap<string, Documented>> {
  const found = new Map<string, Documented>()
  const names = (await readdir(join(folder, 'build'))).filter((name) => name.endsWith('.js')).sort()
  for (const file of names) {
    const name = file.slice(0, -'.js'.length)
    if (tooLarge.has(name)) continue
    const spec = await load(join(folder, 'build', file))
    if (spec !== undefined) found.set(name, readSpec(spec, 0))
  }
  return found
}

async function load(path: string): Promise<FigSpec | undefined> {
  const { default: spec } = (await import(path)) as { default?: FigSpec }
  return typeof spec === 'object' && spec !== null && 'name' in spec ? spec : undefined
}

function readSpec(spec: FigSpec, depth: number): Documented {
  const documented = emptyDocumented(plainText(spec.description ?? ''))
  for (const option of spec.options ?? [])
    addOption(documented, listOf(option.name), option.description ?? '', argumentOf(option))
  if (depth >= deepest) return documented
  for (const sub of spec.subcommands ?? [])
    for (const name of listOf(sub.name)) documented.subcommands[name] ??= readSpec(sub, depth + 1)
  return documented
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}

function argumentOf(option: FigOption): string {
  const [first] = option.args === undefined ? [] : listOf(option.args)
  if (first === undefined) return ''
  const role = roleOf(first)
  return first.isOptional === true ? `[=${role}]` : `=${role}`
}

function roleOf(argument: FigArgument): string {
  if (argument.isCommand === true) return 'command-text'
  const templates = listOf(argument.template ?? '')
  if (templates.includes('filepaths') || templates.includes('folders')) return 'path'
  const name = (argument.name ?? '').toLowerCase()
  if (/\b(file|path|dir|directory|folder)\b/.test(name)) return 'path'
  if (/\burl\b/.test(name)) return 'url'
  return /\b(number|num|count|n|size|port|int|seconds)\b/.test(name) ? 'number' : 'text'
}
