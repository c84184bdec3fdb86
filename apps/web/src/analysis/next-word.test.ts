import { expect, test } from 'vitest'
import { nextWord } from './next-word.ts'

const places = [
  { word: 0, line: 1 },
  { word: 1, line: 1 },
  { word: 4, line: 3 },
  { word: 5, line: 3 },
  { word: 9, line: 4 },
]

test.for<[from: number, key: string, to: number | undefined]>([
  [0, 'ArrowRight', 1],
  [1, 'ArrowRight', 2],
  [9, 'ArrowRight', 4],
  [4, 'ArrowLeft', 1],
  [0, 'ArrowLeft', 0],
  [5, 'Home', 2],
  [4, 'End', 3],
  [1, 'ArrowDown', 2],
  [9, 'ArrowDown', 4],
  [9, 'ArrowUp', 2],
  [1, 'ArrowUp', 1],
  [1, 'a', undefined],
])('from word %i, %s leads to the word in place %s', ([from, key, to]) => {
  expect(nextWord(places, from, key)).toBe(to)
})
