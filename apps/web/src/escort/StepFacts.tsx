import type { ReviewStep } from '@chaperone/contract'
import { Fact } from './Summary.tsx'

/** Where a step goes and how that place is known; the desk shows the same before one signs. */
export function StepFacts(props: {
  readonly step: ReviewStep
  /** Whether it has run and could run once more. */
  readonly again: boolean
}) {
  const { step } = props
  return (
    <dl className="facts">
      <Fact term="Target">
        <span className="mono">{step.target}</span> <span className="dim">({step.regime})</span>
      </Fact>
      <Fact term="Address">
        <span className="mono">{step.address}</span>
      </Fact>
      <Fact term={step.hostKeys.length === 1 ? 'Host key' : 'Host keys'}>
        {step.hostKeys.length === 0
          ? 'none: nothing can run there'
          : step.hostKeys.map((key) => (
              <span className="digest" key={key}>
                {key}{' '}
              </span>
            ))}
      </Fact>
      <Fact term="Account">
        <span className="mono">{step.account}</span>
        {step.account === 'root' ? <strong> (may do everything there)</strong> : null}
      </Fact>
      <Fact term="People needed">
        {step.quorum.needed}
        {step.quorum.allowedBy.length === 0
          ? ''
          : `, allowed by ${step.quorum.allowedBy.map(({ name }) => name).join(', ')}`}
        {step.understanding.doubtedBy.length === 0
          ? ''
          : `; one more because ${step.understanding.doubtedBy.map(({ name }) => name).join(', ')} did not say what it does`}
      </Fact>
      {props.again ? <Fact term="Next attempt">{step.attempt}</Fact> : null}
      <Fact term="SHA-256">
        <span className="digest">{step.sha256}</span>
      </Fact>
      <Fact term="Step digest">
        <span className="digest">{step.digest}</span>
      </Fact>
    </dl>
  )
}
