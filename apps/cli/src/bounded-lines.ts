/** Lines of a text stream, each cut at `longest` characters: nobody's line may fill the memory. */
export async function* boundedLines(input: AsyncIterable<string>, longest: number): AsyncGenerator<string> {
  let line = ''
  for await (const piece of input) {
    const parts = piece.split('\n')
    for (const [i, part] of parts.entries()) {
      if (i > 0) {
        yield line
        line = ''
      }
      if (line.length < longest) line += part.slice(0, longest - line.length)
    }
  }
  if (line !== '') yield line
}
