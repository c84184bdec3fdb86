export interface StreamPiece {
  readonly stream: string
  readonly text: string
}

/** Output line by line; what came on another stream looks another way. */
export function OutputLines({ pieces }: { readonly pieces: readonly StreamPiece[] }) {
  return (
    <pre>
      {pieces.flatMap(({ stream, text }, i) =>
        text.split(/(?<=\n)/).map((line, j) => (
          <span key={`${i} ${j}`} className={stream}>
            {line}
          </span>
        )),
      )}
    </pre>
  )
}
