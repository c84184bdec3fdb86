import { expect, test } from 'vitest'
import { readableOn } from './readable-on.ts'

test.for([
  ['#007a33', '#ffffff'],
  ['#502b85', '#ffffff'],
  ['#c8102e', '#ffffff'],
  ['#ff8c00', '#000000'],
  ['#fce83a', '#000000'],
  ['#ffffff', '#000000'],
  ['#000000', '#ffffff'],
])('on %s text is %s', ([colour = '', text]) => {
  expect(readableOn(colour)).toBe(text)
})
