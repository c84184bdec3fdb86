export interface DiffLine<T> {
  readonly kind: 'same' | 'removed' | 'added'
  readonly line: T
}

/** Above this many comparisons the whole middle is shown as replaced, which is true as well. */
const mostComparisons = 4_000_000

/** What changed from one list of lines to another, by the longest common subsequence. Lines are equal if their keys are. */
export function diffLines<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (line: T) => string,
): readonly DiffLine<T>[] {
  const [left, right] = [before.map(keyOf), after.map(keyOf)]
  let head = 0
  while (head < left.length && head < right.length && left[head] === right[head]) head++
  let tail = 0
  while (
    tail < left.length - head &&
    tail < right.length - head &&
    left[left.length - 1 - tail] === right[right.length - 1 - tail]
  )
    tail++
  const same = (lines: readonly T[]) => lines.map((line): DiffLine<T> => ({ kind: 'same', line }))
  return [
    ...same(before.slice(0, head)),
    ...middle(
      { lines: before.slice(head, before.length - tail), keys: left.slice(head, left.length - tail) },
      { lines: after.slice(head, after.length - tail), keys: right.slice(head, right.length - tail) },
    ),
    ...same(before.slice(before.length - tail)),
  ]
}

interface Keyed<T> {
  readonly lines: readonly T[]
  readonly keys: readonly string[]
}

function middle<T>(before: Keyed<T>, after: Keyed<T>): readonly DiffLine<T>[] {
  const changed = (kind: 'removed' | 'added', lines: readonly T[]) => lines.map((line) => ({ kind, line }))
  const [rows, columns] = [before.keys.length, after.keys.length]
  if (rows * columns === 0 || rows * columns > mostComparisons)
    return [...changed('removed', before.lines), ...changed('added', after.lines)]
  const longest = commonLengths(before.keys, after.keys)
  const at = (i: number, j: number) => longest[i * (columns + 1) + j] ?? 0
  const result: DiffLine<T>[] = []
  let [i, j] = [0, 0]
  while (i < rows && j < columns) {
    if (before.keys[i] === after.keys[j]) {
      result.push(...before.lines.slice(i, i + 1).map((line) => ({ kind: 'same' as const, line })))
      i++
      j++
    } else if (at(i + 1, j) >= at(i, j + 1)) result.push(...changed('removed', before.lines.slice(i, ++i)))
    else result.push(...changed('added', after.lines.slice(j, ++j)))
  }
  return [...result, ...changed('removed', before.lines.slice(i)), ...changed('added', after.lines.slice(j))]
}

/** For each pair of starts, how long the longest common subsequence of the two rests is. */
function commonLengths(left: readonly string[], right: readonly string[]): Uint32Array {
  const width = right.length + 1
  const table = new Uint32Array((left.length + 1) * width)
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const equal = left[i] === right[j]
      table[i * width + j] = equal
        ? (table[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0)
    }
  }
  return table
}
