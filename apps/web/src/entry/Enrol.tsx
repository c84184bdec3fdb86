import { Button } from '@mantine/core'
import { startRegistration, type PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser'
import { useQuery } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { problemOf, type AnswerOf, type Problem } from '@chaperone/contract'
import { call } from '../api/call.ts'
import { Outside } from '../frame/Outside.tsx'
import { Answer, ProblemNote } from '../parts/Notes.tsx'

type Enrolment = AnswerOf<'enrolment'>

/** A one-time link: makes the key for signing in, then sends on to the desk for the one that decides. */
export function Enrol() {
  const token = useSyncExternalStore(onHashChange, tokenOfLink)
  return <Enrolling key={token} token={token} />
}

function onHashChange(changed: () => void): () => void {
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

/** It stands after the #, which browsers send to nobody. */
function tokenOfLink(): string {
  return window.location.hash.slice(1)
}

function Enrolling({ token }: { readonly token: string }) {
  const enrolment = useQuery<Enrolment>({
    queryKey: ['enrolment', token],
    queryFn: async () => {
      const opened = await call('enrolment', { body: { token } })
      if (!opened.ok) throw opened.error
      return opened.value
    },
    // The key at the desk is made in another window, and adopted elsewhere: both appear here.
    refetchInterval: ({ state }) =>
      state.data?.deciding !== 'adopted' && state.data?.deskUrl !== null ? 3000 : false,
  })
  return (
    <Outside title="Enrol your keys">
      <Answer of={enrolment} what="your enrolment">
        {(data) => <Keys token={token} enrolment={data} again={() => void enrolment.refetch()} />}
      </Answer>
    </Outside>
  )
}

interface KeysProps {
  readonly token: string
  readonly enrolment: Enrolment
  readonly again: () => void
}

function Keys({ token, enrolment, again }: KeysProps) {
  const decides = enrolment.roles.some((role) => role === 'escort' || role === 'officer')
  return (
    <>
      <p>
        Welcome, <strong>{enrolment.name}</strong>. You are enrolled at {enrolment.organisation} as{' '}
        {enrolment.roles.join(' and ')}.
      </p>
      {decides ? (
        <p>
          You need two keys, on purpose. One only lets you in. The other one signs what you decide, at a
          separate site that shows you the exact bytes. Whoever gets hold of your session can therefore decide
          nothing.
        </p>
      ) : (
        <p>You need one key: a passkey that lets you in. It never signs a decision.</p>
      )}
      <ol className="keys">
        <li>
          <SignInKey token={token} done={enrolment.signInKeys > 0} again={again} />
        </li>
        {decides ? (
          <li>
            <DecisionKey enrolment={enrolment} />
          </li>
        ) : null}
      </ol>
    </>
  )
}

function SignInKey(props: { readonly token: string; readonly done: boolean; readonly again: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const make = async () => {
    setBusy(true)
    setProblem((await makeSignInKey(props.token)) ?? null)
    setBusy(false)
    props.again()
  }
  return (
    <section className="stack" aria-labelledby="sign-in-key">
      <h2 id="sign-in-key">The key to sign in here</h2>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {props.done ? (
        <>
          <p role="status">
            <span className="badge tone-good">Made</span> You can sign in with it now.
          </p>
          <p>
            <a href="/">Go to sign in</a>
          </p>
        </>
      ) : (
        <>
          <p>Your device asks for your finger, face or PIN.</p>
          <Button loading={busy} onClick={() => void make()}>
            Make the sign-in passkey
          </Button>
        </>
      )}
    </section>
  )
}

async function makeSignInKey(token: string): Promise<Problem | undefined> {
  const asked = await call('enrolmentOptions', { body: { token } })
  if (!asked.ok) return asked.error
  try {
    const optionsJSON = asked.value.options as unknown as PublicKeyCredentialCreationOptionsJSON // the gateway's library made it
    const response = await startRegistration({ optionsJSON })
    const made = await call('enrolmentKey', { body: { token, response: { ...response } } })
    return made.ok ? undefined : made.error
  } catch {
    return problemOf('sign-in-failed')
  }
}

function DecisionKey({ enrolment }: { readonly enrolment: Enrolment }) {
  return (
    <section className="stack" aria-labelledby="decision-key">
      <h2 id="decision-key">The key to decide at the desk</h2>
      {enrolment.deciding === 'none' ? (
        <>
          <p>
            The desk is another site with its own address. Look at the address when it opens, and compare it
            with the one your officer told you.
          </p>
          {enrolment.deskUrl === null || enrolment.signInKeys === 0 ? (
            <p className="reason">Make the sign-in passkey first.</p>
          ) : (
            <Button component="a" href={enrolment.deskUrl} target="chaperone-desk" rel="opener">
              Open the desk to make the key
            </Button>
          )}
        </>
      ) : (
        <p role="status">
          <span className={`badge ${enrolment.deciding === 'adopted' ? 'tone-good' : 'tone-unsure'}`}>
            {enrolment.deciding === 'adopted' ? 'Adopted' : 'Collected'}
          </span>{' '}
          {enrolment.deciding === 'adopted'
            ? 'Two officers adopted it: it counts.'
            : 'Waiting until two officers adopt it. It counts for nothing before that.'}
        </p>
      )}
      {enrolment.fingerprint === null ? null : (
        <>
          <p>Tell your officer this fingerprint, in person or over a line you trust:</p>
          <p className="digest">{enrolment.fingerprint}</p>
        </>
      )}
    </section>
  )
}
