import { err, fromBase64, ok, toBase64, type Crypto, type Result } from '@chaperone/encoding'
import {
  checkNote,
  parseNote,
  signNote,
  type Note,
  type NoteRefusal,
  type Sign,
  type VerifierKey,
} from './note.ts'

/** C2SP tlog-checkpoint: a tree's size and root under the log's name. */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
}

export type CheckpointRefusal =
  | NoteRefusal
  | { readonly code: 'checkpoint-malformed' }
  | { readonly code: 'checkpoint-origin'; readonly origin: string }

export function printCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`
}

/** Reads a checkpoint's text; extension lines are refused: nobody here would read them. */
export function parseCheckpoint(text: string): Result<Checkpoint, CheckpointRefusal> {
  const lines = text.split('\n')
  const [origin = '', digits = '', base64 = ''] = lines
  const root = fromBase64(base64)
  const size = Number(digits)
  const shaped = lines.length === 4 && lines[3] === '' && origin !== '' && /^(0|[1-9]\d{0,15})$/.test(digits)
  if (!shaped || root?.length !== 32 || !Number.isSafeInteger(size))
    return err({ code: 'checkpoint-malformed' })
  return ok({ origin, size, root })
}

/** The signed note of a checkpoint, by the log's own key. */
export function signCheckpoint(checkpoint: Checkpoint, key: VerifierKey, sign: Sign): string {
  const text = printCheckpoint(checkpoint)
  return `${text}\n${signNote(text, key, sign)}`
}

export interface OpenedCheckpoint extends Checkpoint {
  readonly note: Note
}

/** Opens a signed checkpoint: the log's signature must verify, whatever other lines there are. */
export function openCheckpoint(
  signed: string,
  key: VerifierKey,
  crypto: Crypto,
): Result<OpenedCheckpoint, CheckpointRefusal> {
  const note = parseNote(signed)
  if (!note.ok) return note
  const checkpoint = parseCheckpoint(note.value.text)
  if (!checkpoint.ok) return checkpoint
  if (checkpoint.value.origin !== key.name)
    return err({ code: 'checkpoint-origin', origin: checkpoint.value.origin })
  const signature = checkNote(note.value, key, crypto)
  return signature.ok ? ok({ ...checkpoint.value, note: note.value }) : signature
}
