import { expect, test } from 'vitest'
import { visible } from '@chaperone/recording'
import { markedText } from './mark-name.ts'

test.for<[text: string, marked: string]>([
  ['a\tb\n', 'a\tb\n'],
  ['\0', '⟦NUL⟧'],
  ['a\r\n', 'a⟦CR⟧\n'],
  ['\u001b[0m', '⟦ESC⟧[0m'],
  ['\u001f', '⟦US⟧'],
  ['\u007f', '⟦DEL⟧'],
  ['\u0080', '⟦U+0080⟧'],
  ['\u202e', '⟦U+202E⟧'],
])('%j', ([text, marked]) => {
  expect(markedText(visible(text))).toBe(marked)
})
