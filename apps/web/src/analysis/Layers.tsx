import type { Analysis } from '@chaperone/contract'
import { utf8 } from '@chaperone/encoding'
import { VisibleCode } from '../parts/VisibleCode.tsx'

/** Text that the step carries or decodes and then runs, one under the other. */
export function Layers({ analysis }: { readonly analysis: Analysis }) {
  if (analysis.layers.length === 0) return null
  return (
    <div className="layers">
      {analysis.layers.map(({ text, language, how, parent }, i) => (
        <figure key={i}>
          <figcaption className="small">
            <strong>Text {i + 1}</strong>, {language}: {how}
            {parent === 0 ? '' : `, in text ${parent}`}
          </figcaption>
          <VisibleCode bytes={utf8(text)} label={`Carried text ${i + 1}`} />
        </figure>
      ))}
    </div>
  )
}
