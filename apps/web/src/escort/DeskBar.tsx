import { Button } from '@mantine/core'
import { openDesk, type Signing, type Waiting } from './use-signing.ts'

const words: Record<Waiting['kind'], string> = {
  allow: 'Nothing runs before you have signed.',
  forbid: 'It is held already: nothing starts meanwhile. Your signature makes it final.',
  release: 'Nothing leaves before you have signed.',
  freeze: 'It is stopped already. Your signature says that it was you.',
  kill: 'The stop was sent already. Your signature says that it was you.',
}

/** What has taken effect by the click: the order does not tell whether its signature followed. */
const acted: ReadonlySet<Waiting['kind']> = new Set(['freeze', 'kill'])

/** Says that something lies at the desk, until it was signed. */
export function DeskBar({ signing }: { readonly signing: Signing }) {
  const { waiting } = signing
  return (
    <div role="status">
      {waiting === undefined ? null : (
        <div className="note note-active row between">
          <p>
            <strong>{waiting.blocked ? 'Open the desk to sign.' : 'Sign in the desk’s window.'}</strong> It
            shows the exact content again: compare, then touch your key. {words[waiting.kind]}
          </p>
          <span className="row">
            <Button size="compact-sm" variant="default" onClick={() => openDesk(waiting.deskUrl)}>
              {waiting.blocked ? 'Open the desk' : 'Open the desk again'}
            </Button>
            <Button size="compact-sm" variant="default" onClick={signing.dismiss}>
              {acted.has(waiting.kind) ? 'Close this note' : 'Do not sign'}
            </Button>
          </span>
        </div>
      )}
    </div>
  )
}
