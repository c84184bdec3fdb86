import { Button } from '@mantine/core'
import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { useState } from 'react'
import { problemOf, type Problem } from '@chaperone/contract'
import { call } from '../api/call.ts'
import { queryClient } from '../api/query.ts'
import { ProblemNote } from '../parts/Notes.tsx'
import { Outside } from '../frame/Outside.tsx'

export function SignIn() {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const enter = async () => {
    setBusy(true)
    const failure = await signIn()
    setProblem(failure ?? null)
    setBusy(false)
    if (failure === undefined) await queryClient.resetQueries()
  }
  return (
    <Outside title="Sign in">
      <p>
        Use the passkey that you made here for signing in. Your decisions are signed with another one, at the
        desk.
      </p>
      {problem === null ? null : <ProblemNote problem={problem} />}
      <Button size="md" loading={busy} onClick={() => void enter()} autoFocus>
        Sign in with your passkey
      </Button>
      <p className="small dim">
        No passkey on this device? Open the enrolment link that an officer gave you; it works once.
      </p>
    </Outside>
  )
}

async function signIn(): Promise<Problem | undefined> {
  const asked = await call('signInOptions', {})
  if (!asked.ok) return asked.error
  const { challenge, options } = asked.value
  try {
    const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON // the gateway's library made it
    const response = await startAuthentication({ optionsJSON })
    const entered = await call('signIn', { body: { challenge, response: { ...response } } })
    return entered.ok ? undefined : entered.error
  } catch {
    return problemOf('sign-in-failed')
  }
}
