import process from 'node:process'
import { createInterface } from 'node:readline/promises'
import { instantOf, utf8 } from '@chaperone/encoding'
import { checkStatement, findKey, namespaceOf, type SignedStatement } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { checkDraft, type CheckedDraft } from '@chaperone/signing'
import { draftProblems, type BodyOf } from '@chaperone/contract'
import type { Gateway } from './gateway.ts'
import { openKey } from './key.ts'
import { draftText } from './printing/draft-text.ts'
import type { Printer } from './printing/printer.ts'
import { Refused, UsageError } from './refused.ts'
import { trustedRoster } from './trusted-roster.ts'

export interface SignOptions {
  /** The key's file. */
  readonly key: string
  readonly root?: string
  /** Do not ask: whoever runs this has read it elsewhere. */
  readonly yes?: boolean
}

/**
 * Has a statement prepared, checks every opening against it as the desk does, shows it, asks, signs and hands it in.
 * Answers what was signed.
 */
export async function signDraft(
  gateway: Gateway,
  order: string,
  wish: BodyOf<'prepareSigning'>,
  { key: file, root, yes }: SignOptions,
  print: Printer,
): Promise<{ readonly draft: CheckedDraft; readonly signed: SignedStatement }> {
  const now = instantOf(Date.now() / 1000)
  const key = openKey(file)
  const roster = await trustedRoster(gateway, root, now)
  const held = findKey(roster, key.key, now)
  if (held === undefined) throw new Refused({ code: 'key-not-in-roster', key: key.key })
  const { ticket } = await gateway.call('prepareSigning', { params: { order }, body: wish })
  const offered = await gateway.call('signingDraft', { body: { ticket } })
  const ground = { roster, now, crypto: nodeCrypto, keyClass: held.key.class }
  const checked = checkDraft(offered, ground)
  if (!checked.ok) throw draftRefused(checked.error)
  const { statement, text } = checked.value
  process.stderr.write(`${draftText(checked.value)}\n\n`)
  if (yes !== true) await confirm(statement.kind)
  const signature = key.sign(namespaceOf(statement.kind), utf8(text))
  const signed = { text, signature }
  const good = checkStatement(signed, roster, now, nodeCrypto)
  if (!good.ok) throw new Refused(good.error)
  await gateway.call('completeSigning', { body: { ticket, statement: signed } })
  print.note('signed and recorded')
  return { draft: checked.value, signed }
}

function draftRefused(refusal: { readonly code: string }): Refused {
  const { code } = refusal
  if (code !== 'opening-mismatch' && code !== 'not-signed-here') return new Refused(refusal)
  const { title, advice } = draftProblems[code]
  return new Refused(refusal, title, advice)
}

/** The word itself, not a letter: nobody allows by habit. */
async function confirm(kind: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('nobody is there to be asked: read it first, then use --yes')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`Type “${kind}” to sign this, anything else to leave it: `)
    if (answer.trim() !== kind)
      throw new Refused({ code: 'not-confirmed' }, 'not signed', 'nothing was recorded')
  } finally {
    terminal.close()
  }
}
