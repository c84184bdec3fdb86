import { toBase64Url, toHex, utf8, type Crypto, type PersonId } from '@chaperone/encoding'
import { namespaceOf, signerOf } from '@chaperone/domain'
import { toBeSigned } from '@chaperone/encoding'
import { visible, visibleText } from '@chaperone/recording'
import type {
  CheckedAction,
  CheckedDecision,
  CheckedDraft,
  CheckedRelease,
  CheckedStep,
} from '@chaperone/signing'
import { contentView, textView } from './content-view.ts'
import type { DecisionView, PersonView, ReleaseView, SigningView, StepView } from './view.ts'

type Names = CheckedDraft['names']

/** A checked draft as the page shows it, and the challenge that its passkey answers. */
export function signingView(draft: CheckedDraft, rpId: string, crypto: Crypto): SigningView {
  const { statement, text, names } = draft
  const bytes = utf8(text)
  return {
    signer: personView(signerOf(statement), names),
    statement: text,
    digest: toHex(crypto.sha256(bytes)),
    challenge: toBase64Url(toBeSigned(namespaceOf(statement.kind), bytes, crypto.sha512)),
    rpId,
    subject: subjectOf(draft, crypto),
  }
}

function subjectOf(draft: CheckedDraft, crypto: Crypto): SigningView['subject'] {
  switch (draft.about) {
    case 'decision':
      return decisionView(draft, crypto)
    case 'release':
      return releaseView(draft, crypto)
    case 'action':
      return actionView(draft)
  }
}

function decisionView({ statement, order, steps, names }: CheckedDecision, crypto: Crypto): DecisionView {
  const { kind, version, technician, notBefore, notAfter } = statement
  return {
    kind,
    order: statement.order,
    version,
    technician: personView(technician, names),
    purpose: textView(order.purpose),
    fault: textView(order.fault),
    component: textView(order.component),
    mayShow: textView(order.mayShow),
    effects: order.effects.map(({ effect, place }) => textView(`${effect} ${place}`)),
    notBefore,
    notAfter,
    of: order.steps.length,
    steps: steps.map((step) => stepView(step, crypto)),
  }
}

function stepView(step: CheckedStep, { sha256 }: Crypto): StepView {
  const { line, document, rollback, address, regime, analysis } = step
  const { attempt, target, hostKey, account, interpreter, seat, digest } = line
  return {
    index: line.step.index,
    attempt,
    rollback,
    target,
    address,
    regime,
    hostKey,
    account,
    interpreter,
    content: contentView(step.bytes, sha256),
    files: step.files.map((bytes, i) => {
      const { name, mode } = document.files[i]! // opened one by one from the document
      return { name, mode, content: contentView(bytes, sha256) }
    }),
    expected: textView(document.expected),
    maxSeconds: document.maxSeconds,
    level: analysis.level,
    summary: textView(analysis.summary),
    seat,
    digest,
  }
}

function releaseView({ statement, recipient, pieces, names }: CheckedRelease, crypto: Crypto): ReleaseView {
  const { roles, until, roster, affiliation, place, at } = recipient
  return {
    kind: 'release',
    order: statement.order,
    recipient: personView(statement.recipient, names),
    facts: { roles, until, roster, affiliation: textView(affiliation), place: textView(place), at },
    pieces: pieces.map(({ line, bytes }) => ({
      run: line.run,
      content: contentView(bytes, crypto.sha256),
    })),
  }
}

function actionView({ statement }: CheckedAction): SigningView['subject'] {
  return statement.kind === 'kill'
    ? { kind: 'kill', order: statement.order, run: statement.run }
    : { kind: 'freeze', order: statement.order, version: statement.version }
}

const longestName = 200

/** Names are the gateway's word: cut, made visible, and never shown without the id that is signed. */
export function personView(id: PersonId, names: Names): PersonView {
  const name = Object.hasOwn(names, id) ? names[id] : undefined
  return { id, name: name === undefined ? null : visibleText(visible(name.slice(0, longestName))) }
}
