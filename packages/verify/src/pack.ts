import {
  fromHex,
  fromUtf8,
  instantOf,
  invariant,
  isInstant,
  secondsOf,
  toHex,
  utf8,
} from '@chaperone/encoding'

/** Values as JSON knows them, without fractions. */
type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

const tags = {
  null: 0,
  true: 1,
  false: 2,
  integer: 3,
  text: 4,
  hex: 5,
  again: 6,
  instant: 7,
  word: 8,
  array: 9,
  object: 10,
  other: 11,
} as const

/**
 * Keeps many small, alike values in little memory: digests as bytes and once a value, times as seconds, words that
 * recur (levels, people, targets and all keys, which must be few) as numbers. Lossless; a packer unpacks only what it
 * packed itself.
 */
export function packer(): { pack(value: unknown): Uint8Array; unpack(bytes: Uint8Array): unknown } {
  const words: string[] = []
  const numberOfWord = new Map<string, number>()
  let out = new Uint8Array(4096)
  let length = 0

  function byte(value: number): void {
    if (length === out.length) {
      const larger = new Uint8Array(2 * out.length)
      larger.set(out)
      out = larger
    }
    out[length++] = value
  }

  function varint(value: number): void {
    let rest = value
    while (rest >= 128) {
      byte((rest % 128) | 128)
      rest = Math.floor(rest / 128)
    }
    byte(rest)
  }

  function bytes(tag: number, value: Uint8Array): void {
    byte(tag)
    varint(value.length)
    for (const one of value) byte(one)
  }

  function word(text: string): number {
    let number = numberOfWord.get(text)
    if (number === undefined) {
      number = words.push(text) - 1
      numberOfWord.set(text, number)
    }
    return number
  }

  function string(text: string, seen: Map<string, number>): void {
    const before = seen.get(text)
    if (before !== undefined) {
      byte(tags.again)
      return varint(before)
    }
    if (text.length >= 32 || text.startsWith('wo-')) {
      seen.set(text, seen.size)
      const hex = fromHex(text)
      return hex === undefined ? bytes(tags.text, utf8(text)) : bytes(tags.hex, hex)
    }
    if (text.length === 20 && isInstant(text) && text >= '1970') {
      byte(tags.instant)
      return varint(secondsOf(text))
    }
    byte(tags.word)
    varint(word(text))
  }

  function value(given: Value, seen: Map<string, number>): void {
    if (given === null) return byte(tags.null)
    if (typeof given === 'boolean') return byte(given ? tags.true : tags.false)
    if (typeof given === 'string') return string(given, seen)
    if (typeof given === 'number') {
      if (!Number.isSafeInteger(given) || given < 0) return bytes(tags.other, utf8(String(given)))
      byte(tags.integer)
      return varint(given)
    }
    if (Array.isArray(given)) {
      byte(tags.array)
      varint(given.length)
      for (const item of given as readonly Value[]) value(item, seen)
      return
    }
    const members = given as { readonly [key: string]: Value }
    const keys = Object.keys(members)
    byte(tags.object)
    varint(keys.length)
    for (const key of keys) {
      varint(word(key))
      value(members[key]!, seen) // one of its keys
    }
  }

  function read(packed: Uint8Array): unknown {
    let at = 0
    const seen: string[] = []
    const next = () => packed[at++]! // what we packed is complete
    function number(): number {
      let sum = 0
      for (let scale = 1; ; scale *= 128) {
        const part = next()
        sum += (part & 127) * scale
        if (part < 128) return sum
      }
    }
    function piece(): Uint8Array {
      const size = number()
      at += size
      return packed.subarray(at - size, at)
    }
    function keep(text: string): string {
      seen.push(text)
      return text
    }
    function one(): unknown {
      switch (next()) {
        case tags.null:
          return null
        case tags.true:
          return true
        case tags.false:
          return false
        case tags.integer:
          return number()
        case tags.text:
          return keep(fromUtf8(piece()) ?? '')
        case tags.hex:
          return keep(toHex(piece()))
        case tags.again:
          return seen[number()]
        case tags.instant:
          return instantOf(number())
        case tags.word:
          return words[number()]
        case tags.array:
          return Array.from({ length: number() }, one)
        case tags.object:
          return Object.fromEntries(Array.from({ length: number() }, () => [words[number()], one()]))
        case tags.other:
          return Number(fromUtf8(piece()))
        default:
          return invariant(false, 'a packer unpacks only what it packed')
      }
    }
    return one()
  }

  return {
    pack(given) {
      length = 0
      value(given as Value, new Map())
      return out.slice(0, length)
    },
    unpack: read,
  }
}
