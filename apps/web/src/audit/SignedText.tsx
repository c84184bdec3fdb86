import { useQuery } from '@tanstack/react-query'
import { claimedKey, keyIdOf } from '@chaperone/encoding'

/** A signed statement: the key that it names, and the text that was signed. */
export function SignedText(props: {
  readonly statement: { readonly text: string; readonly signature: string }
}) {
  const { text, signature } = props.statement
  const key = useQuery({
    queryKey: ['signing key', signature],
    queryFn: () => signingKey(signature),
    staleTime: Infinity,
  })
  return (
    <details>
      <summary className="small">
        Signed with <span className="digest">{key.data ?? 'a key that cannot be read'}</span>
      </summary>
      <div className="code" role="region" aria-label="Signed statement" tabIndex={0}>
        <pre>{text}</pre>
      </div>
    </details>
  )
}

/** The key that a signature names. Whether the signature holds is for `chaperone verify` to say. */
async function signingKey(signature: string): Promise<string | null> {
  const key = claimedKey(signature)
  if (key === undefined) return null
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(key.blob)))
  return keyIdOf(key.blob, () => digest)
}
