/** Splits a line of constant words as a shell would: quotes, `$'…'` not, backslashes. For examples only. */
export function splitLine(line: string): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  for (let i = 0; i < line.length; i += 1) {
    const letter = line.charAt(i)
    if (letter === ' ') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (letter === "'" || letter === '"') {
      const close = line.indexOf(letter, i + 1)
      word = (word ?? '') + line.slice(i + 1, close)
      i = close
    } else if (letter === '\\') {
      i += 1
      word = (word ?? '') + line.charAt(i)
    } else word = (word ?? '') + letter
  }
  return word === undefined ? words : [...words, word]
}
