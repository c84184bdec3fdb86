import { exportPath, type LogStatus, type Me } from '@chaperone/contract'
import { useAnswer } from '../api/query.ts'
import { Fact } from '../escort/Summary.tsx'
import { Time } from '../parts/clock.tsx'
import { Answer } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'

/** Whether the log holds together, who vouches for it, and how to check it without us. */
export function Verification({ me }: { readonly me: Me }) {
  const status = useAnswer('logStatus', {}, { every: 10_000 })
  const exports = me.roles.includes('auditor') || me.roles.includes('officer')
  return (
    <Page title="Verification">
      <Answer of={status} what="the log’s state">
        {(data) => (
          <>
            <Verdict status={data} />
            <Signer status={data} />
            <section className="panel" aria-labelledby="checkpoint-title">
              <h2 id="checkpoint-title">Newest checkpoint</h2>
              <p>Anybody who keeps this can later prove that the log was changed, if it was.</p>
              <div className="code" role="region" aria-label="Checkpoint" tabIndex={0}>
                <pre>{data.checkpoint}</pre>
              </div>
            </section>
          </>
        )}
      </Answer>
      <Offline exports={exports} />
    </Page>
  )
}

const verdicts = {
  proven: { look: 'note-good', title: 'The log verifies' },
  broken: { look: 'note-bad', title: 'The log does not verify' },
  'not-yet': { look: 'note-unsure', title: 'Not verified yet' },
} as const

function Verdict({ status }: { readonly status: LogStatus }) {
  const { look, title } = verdicts[status.verified]
  return (
    <section className={`note ${look}`} aria-label="Verdict" role="status">
      <h2>{title}</h2>
      <p>
        {status.verified === 'broken' ? 'Stop work, keep everything as it is, and call an officer. ' : ''}
        {status.verifiedAt === null ? (
          'No check has finished so far.'
        ) : (
          <>
            {status.verifiedSize} of {status.size} entries were checked, last at{' '}
            <Time at={status.verifiedAt} seconds />.
          </>
        )}
      </p>
    </section>
  )
}

function Signer({ status }: { readonly status: LogStatus }) {
  const { signer } = status
  return (
    <section className="panel" aria-labelledby="signer-title">
      <h2 id="signer-title">Log and signer</h2>
      <dl className="facts">
        <Fact term="Entries">{status.size}</Fact>
        <Fact term="Root hash">
          <span className="digest">{status.root}</span>
        </Fact>
        <Fact term="Cosigned by the signer">
          {status.cosignedSize} of {status.size}
          {status.cosignedSize < status.size ? '; nothing newer can run' : ''}
        </Fact>
        <Fact term="Signer">{signer.reachable ? 'reachable' : 'not reachable: nothing will run'}</Fact>
        <Fact term="Isolation">
          {signer.isolated
            ? 'runs as an account of its own'
            : 'not isolated: whoever controls the gateway’s account controls the signer'}
        </Fact>
        <Fact term="Roster in force">version {signer.rosterVersion}</Fact>
        <Fact term="Stops in force">{signer.stops}</Fact>
      </dl>
    </section>
  )
}

function Offline({ exports }: { readonly exports: boolean }) {
  return (
    <section className="panel" aria-labelledby="offline-title">
      <h2 id="offline-title">Check it without us</h2>
      <p>
        This page tells what our own servers say. To check without trusting them, take an export and the trust
        root that you got elsewhere, on a machine of yours:
      </p>
      <div className="code" role="region" aria-label="Commands" tabIndex={0}>
        <pre>{'npx chaperone verify EXPORT --root ROOT\n'}</pre>
      </div>
      <p>
        It needs no network. It answers for each rule whether it is proven, broken (with the first entry) or
        unproven (with what was withheld, and by whom). What never reached the log is outside any proof.
      </p>
      {exports ? (
        <p>
          <a href={exportPath} download>
            Export the whole log
          </a>{' '}
          (recorded)
        </p>
      ) : null}
    </section>
  )
}
