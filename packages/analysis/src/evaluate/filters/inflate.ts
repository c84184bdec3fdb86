/** Decompresses gzip or raw deflate data (RFC 1951, 1952); undefined when it is neither or grows past `most` bytes. */
export function gunzip(data: Uint8Array, most: number): Uint8Array | undefined {
  if (data[0] !== 0x1f || data[1] !== 0x8b || data[2] !== 8) return undefined
  const flags = data[3] ?? 0
  let at = 10
  if (flags & 4) at += 2 + ((data[at] ?? 0) | ((data[at + 1] ?? 0) << 8))
  for (const flag of [8, 16]) if (flags & flag) at = data.indexOf(0, at) + 1
  if (flags & 2) at += 2
  return inflate(data.subarray(at), most)
}

interface Bits {
  readonly data: Uint8Array
  at: number
  held: number
  count: number
}

function take(bits: Bits, count: number): number {
  while (bits.count < count) {
    if (bits.at >= bits.data.length) throw new RangeError('compressed data ends early')
    bits.held |= (bits.data[bits.at] as number) << bits.count
    bits.at += 1
    bits.count += 8
  }
  const value = bits.held & ((1 << count) - 1)
  bits.held >>>= count
  bits.count -= count
  return value
}

interface Codes {
  readonly counts: readonly number[]
  readonly symbols: readonly number[]
}

function buildCodes(lengths: readonly number[]): Codes {
  const counts = new Array<number>(16).fill(0)
  for (const length of lengths) counts[length] = (counts[length] as number) + 1
  counts[0] = 0
  const symbols = lengths
    .map((length, symbol) => ({ length, symbol }))
    .filter((one) => one.length > 0)
    .sort((a, b) => a.length - b.length || a.symbol - b.symbol)
    .map((one) => one.symbol)
  return { counts, symbols }
}

function decodeSymbol(bits: Bits, codes: Codes): number {
  let code = 0
  let first = 0
  let index = 0
  for (let length = 1; length <= 15; length += 1) {
    code |= take(bits, 1)
    const count = codes.counts[length] as number
    if (code - first < count) return codes.symbols[index + code - first] as number
    index += count
    first = (first + count) << 1
    code <<= 1
  }
  throw new RangeError('no such code')
}

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
]
const distanceExtra = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

const fixed = {
  literals: buildCodes(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  distances: buildCodes(new Array<number>(30).fill(5)),
}

function inflate(data: Uint8Array, most: number): Uint8Array | undefined {
  const bits: Bits = { data, at: 0, held: 0, count: 0 }
  const out: number[] = []
  try {
    for (let last = 0; last === 0;) {
      last = take(bits, 1)
      const type = take(bits, 2)
      if (type === 3) return undefined
      if (type === 0) stored(bits, out)
      else compressed(bits, out, type === 1 ? fixed : dynamic(bits), most)
      if (out.length > most) return undefined
    }
  } catch {
    return undefined
  }
  return Uint8Array.from(out)
}

function stored(bits: Bits, out: number[]): void {
  bits.held = 0
  bits.count = 0
  const length = (bits.data[bits.at] ?? 0) | ((bits.data[bits.at + 1] ?? 0) << 8)
  bits.at += 4
  for (const byte of bits.data.subarray(bits.at, bits.at + length)) out.push(byte)
  bits.at += length
}

function dynamic(bits: Bits): typeof fixed {
  const literals = take(bits, 5) + 257
  const distances = take(bits, 5) + 1
  const count = take(bits, 4) + 4
  const lengths = new Array<number>(19).fill(0)
  for (let i = 0; i < count; i += 1) lengths[order[i] as number] = take(bits, 3)
  const codes = buildCodes(lengths)
  const read: number[] = []
  while (read.length < literals + distances) {
    const symbol = decodeSymbol(bits, codes)
    if (symbol < 16) read.push(symbol)
    else {
      const value = symbol === 16 ? (read.at(-1) ?? 0) : 0
      const times = symbol === 16 ? 3 + take(bits, 2) : symbol === 17 ? 3 + take(bits, 3) : 11 + take(bits, 7)
      for (let i = 0; i < times; i += 1) read.push(value)
    }
  }
  return { literals: buildCodes(read.slice(0, literals)), distances: buildCodes(read.slice(literals)) }
}

function compressed(bits: Bits, out: number[], codes: typeof fixed, most: number): void {
  for (
    let symbol = decodeSymbol(bits, codes.literals);
    symbol !== 256;
    symbol = decodeSymbol(bits, codes.literals)
  ) {
    if (symbol < 256) out.push(symbol)
    else {
      const length = (lengthBase[symbol - 257] ?? 0) + take(bits, lengthExtra[symbol - 257] ?? 0)
      const code = decodeSymbol(bits, codes.distances)
      const distance = (distanceBase[code] ?? 0) + take(bits, distanceExtra[code] ?? 0)
      const from = out.length - distance
      if (from < 0) throw new RangeError('distance before the start')
      for (let i = 0; i < length; i += 1) out.push(out[from + i] as number)
    }
    if (out.length > most) return
  }
}
