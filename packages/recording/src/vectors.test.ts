import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fromHex, toHex } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { decodeFrames, encodeFrames, firstLink, nextLink, verifyChain, type Frame } from './index.ts'

interface Vectors {
  readonly frames: {
    readonly valid: readonly {
      readonly name: string
      readonly hex: string
      readonly frames: readonly {
        readonly stream: Frame['stream']
        readonly microseconds: number
        readonly bytes: string
      }[]
    }[]
    readonly invalid: readonly { readonly name: string; readonly hex: string; readonly offset: number }[]
  }
  readonly chain: {
    readonly run: string
    readonly chunks: readonly string[]
    readonly links: readonly string[]
  }
}

const { frames, chain } = JSON.parse(
  readFileSync(new URL('../../../spec/vectors/recording.json', import.meta.url), 'utf8'),
) as Vectors
const { sha256 } = nodeCrypto

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (bytes === undefined) throw new Error('a vector is hex')
  return bytes
}

test.for(frames.valid)('frames: $name', ({ hex, frames: listed }) => {
  const plain = listed.map((frame) => ({ ...frame, bytes: bytesOf(frame.bytes) }))
  expect(toHex(encodeFrames(plain))).toBe(hex)
  expect(decodeFrames(bytesOf(hex))).toEqual({ ok: true, value: plain })
})

test.for(frames.invalid)('refused frames: $name', ({ hex, offset }) => {
  expect(decodeFrames(bytesOf(hex))).toEqual({ ok: false, error: { code: 'frame-malformed', offset } })
})

test('the chain', () => {
  const chunks = chain.chunks.map(bytesOf)
  const links = [firstLink(chain.run, sha256)]
  for (const [i, chunk] of chunks.entries()) links.push(nextLink(links[i] ?? chunk, i, chunk, sha256))
  expect(links.map(toHex)).toEqual(chain.links)
  for (const [count, link] of links.entries())
    expect(verifyChain(chain.run, chunks.slice(0, count), link, sha256)).toEqual({ ok: true, value: count })
})
