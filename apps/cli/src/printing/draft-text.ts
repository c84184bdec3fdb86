import { toHex, utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { visible, visibleBytes, visibleText } from '@chaperone/recording'
import type { CheckedDecision, CheckedDraft, CheckedRelease, CheckedStep } from '@chaperone/signing'
import { facts, indent } from './table.ts'
import { levelWords } from './words.ts'

const { sha256 } = nodeCrypto

/** What is about to be signed, as the desk shows it: everything was opened and hashed again before. */
export function draftText(draft: CheckedDraft): string {
  const digest = toHex(sha256(utf8(draft.text)))
  const statement = `The exact statement (sha256 ${digest}):\n${indent(draft.text.trimEnd(), '  | ')}`
  return `${subjectText(draft)}\n\n${statement}`
}

function subjectText(draft: CheckedDraft): string {
  switch (draft.about) {
    case 'decision':
      return decisionText(draft)
    case 'release':
      return releaseText(draft)
    case 'action': {
      const { statement } = draft
      if (statement.kind === 'kill')
        return `You are about to sign that you STOPPED run ${statement.run} of ${statement.order}.`
      return `You are about to sign that you FROZE ${statement.order}: what you allowed of it counts no more.`
    }
  }
}

function decisionText({ statement, order, steps, names }: CheckedDecision): string {
  const which = steps.map(({ line }) => line.step.index).join(', ')
  const verb = statement.kind === 'allow' ? 'ALLOW' : 'FORBID'
  return [
    `You are about to ${verb} step ${which} of ${order.steps.length} of ${statement.order}, version ${statement.version}.`,
    facts([
      ['technician', person(statement.technician, names)],
      ['purpose', shown(order.purpose)],
      ['may show', shown(order.mayShow)],
      ['window', `${statement.notBefore} to ${statement.notAfter}`],
    ]),
    ...steps.map(stepText),
  ].join('\n\n')
}

function stepText(step: CheckedStep): string {
  const { line, document, bytes, files, analysis } = step
  const level = Object.hasOwn(levelWords, analysis.level)
    ? levelWords[analysis.level as keyof typeof levelWords]
    : '?'
  return [
    `Step ${line.step.index}${step.rollback ? ' (rollback)' : ''}, attempt ${line.attempt}: ${level}. ${shown(analysis.summary)}`,
    content(bytes),
    indent(
      facts([
        ['target', `${line.target} at ${step.address} (${step.regime})`],
        ['host key', line.hostKey],
        ['runs as', `${line.account}, ${line.interpreter}, at most ${document.maxSeconds} s`],
        ['bytes', `${bytes.length}, sha256 ${document.bytes.sha256}`],
        ['expected', shown(document.expected) || 'not stated'],
        ['your seat', `${line.seat.index} of ${line.seat.of}`],
        ['step digest', line.digest],
      ]),
    ),
    ...files.map((file, i) => {
      const { name, mode, sha256: digest } = document.files[i]! // opened one by one from the document
      return `  file ${name}, mode ${mode}, ${file.length} bytes, sha256 ${digest}\n${content(file)}`
    }),
  ].join('\n')
}

function releaseText({ statement, recipient, pieces, names }: CheckedRelease): string {
  return [
    `You are about to RELEASE ${pieces.length} piece(s) of output of ${statement.order} to ${person(statement.recipient, names)}.`,
    facts([
      [
        'recipient',
        `${recipient.roles.join(' ')}, until ${recipient.until ?? 'unknown'}, affiliation ${shown(recipient.affiliation)}, place ${shown(recipient.place)}`,
      ],
    ]),
    ...pieces.map(
      ({ line, bytes }) => `From run ${line.run}, ${bytes.length} bytes, exactly this:\n${content(bytes)}`,
    ),
  ].join('\n\n')
}

function content(bytes: Uint8Array): string {
  return indent(visibleText(visibleBytes(bytes)).replace(/\n$/, ''), '  | ')
}

function shown(text: string): string {
  return visibleText(visible(text))
}

function person(id: string, names: Readonly<Record<string, string>>): string {
  const name = Object.hasOwn(names, id) ? names[id] : undefined
  return name === undefined ? id : `${id} (the gateway calls them ${shown(name.slice(0, 200))})`
}
