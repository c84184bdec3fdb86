import { fromBase64Url, fromUtf8, parseCanonicalJson, toBase64, toHex, utf8 } from '@chaperone/encoding'
import { parseStatement, type DecisionStatement, type ReleaseStatement } from '@chaperone/domain'
import {
  completeSigning,
  nameIn,
  openOrder,
  openTicket,
  prepareSigning,
  type Opening,
  type Ticket,
} from '@chaperone/usecases'
import type { SigningDraft } from '@chaperone/contract'
import type { Gateway } from '../gateway.ts'
import { Refused, valueOr } from '../http/problem.ts'
import { visibleOrder } from '../http/visible-order.ts'
import type { Handlers } from '../http/register-routes.ts'

type Names =
  'prepareSigning' | 'signingDraft' | 'completeSigning' | 'deskDraft' | 'deskComplete' | 'deskRosters'

export function signingHandlers({ office, config, runner, signer, metrics }: Gateway): Pick<Handlers, Names> {
  const secretOf = (token: string) => toHex(office.crypto.sha256(fromBase64Url(token) ?? new Uint8Array()))

  async function draft(token: string, person?: string): Promise<SigningDraft> {
    const ticket = await openTicket(office, secretOf(token), person)
    if (ticket === undefined) throw new Refused('ticket-invalid')
    return draftOf(ticket, token)
  }

  async function draftOf(ticket: Ticket, token: string): Promise<SigningDraft> {
    const parsed = parseStatement(utf8(ticket.statement))
    if (!parsed.ok) throw new Refused('ticket-invalid')
    const statement = parsed.value
    const names = await office.reader.names()
    const nothing = { order: null, steps: [], releases: [], recipientFacts: null }
    const base = {
      ticket: token,
      kind: ticket.kind,
      person: ticket.person,
      statement: ticket.statement,
      names: Object.fromEntries([...peopleIn(statement)].map((person) => [person, nameIn(names, person)])),
      ...nothing,
    }
    if (statement.kind === 'allow' || statement.kind === 'forbid')
      return { ...base, ...(await decisionOpenings(statement)) }
    if (statement.kind === 'release') return { ...base, ...(await releaseOpenings(statement)) }
    return base
  }

  async function decisionOpenings(
    statement: DecisionStatement,
  ): Promise<Pick<SigningDraft, 'order' | 'steps'>> {
    const order = await office.reader.order(statement.order)
    if (order === undefined || order.version !== statement.version) throw new Refused('ticket-invalid')
    const opened = await openOrder(
      office.reader,
      statement.orderDigest,
      order.steps.map((step) => step.analysis),
    )
    return {
      order: { salt: opened.order.salt, document: { ...opened.order.document } },
      steps: statement.steps.flatMap((line) => {
        const step = opened.steps[line.step.index - 1]
        if (step === undefined) return []
        return {
          index: line.step.index,
          salt: step.opening.salt,
          document: { ...step.opening.document },
          bytes: toBase64(step.bytes),
          files: step.files.map((file) => toBase64(file)),
          analysis: { ...step.analysis },
          analysisSalt: step.analysisSalt,
        }
      }),
    }
  }

  async function releaseOpenings(
    statement: ReleaseStatement,
  ): Promise<Pick<SigningDraft, 'releases' | 'recipientFacts'>> {
    const facts = await require(statement.recipientFacts)
    const document = parseCanonicalJson(facts.value)
    return {
      releases: await Promise.all(
        statement.releases.map(async ({ run, content }) => {
          const opening = await require(content)
          return { run, salt: opening.salt, text: fromUtf8(opening.value) ?? '' }
        }),
      ),
      recipientFacts: document.ok
        ? { salt: facts.salt, document: document.value as Record<string, unknown> }
        : null,
    }
  }

  async function require(commitment: string): Promise<Opening> {
    const opening = await office.reader.opening(commitment)
    if (opening === undefined) throw new Refused('order-erased')
    return opening
  }

  async function complete(
    token: string,
    signed: { readonly text: string; readonly signature: string },
    person?: string,
  ) {
    const done = valueOr(await completeSigning(office, secretOf(token), signed, person))
    metrics.decisions.inc()
    runner.kick(done.order)
    return { order: done.order }
  }

  return {
    async prepareSigning({ caller, params, body }) {
      await visibleOrder(office, caller, params.order)
      // Nothing would run: said before a touch is asked for.
      if (body.kind === 'allow') await signer.status()
      const { ticket } = valueOr(await prepareSigning(office, params.order, caller.person, body))
      return { ticket, deskUrl: `${config.desk.origin}/sign#${ticket}` }
    },
    signingDraft: ({ caller, body }) => draft(body.ticket, caller.person),
    completeSigning: ({ caller, body }) => complete(body.ticket, body.statement, caller.person),
    deskDraft: ({ body }) => draft(body.ticket),
    deskComplete: ({ body }) => complete(body.ticket, body.statement),
    async deskRosters({ query }) {
      const rosters = await office.reader.rostersFrom(query.from)
      return rosters.map(({ version, roster }) => ({
        version,
        bytes: toBase64(roster.bytes),
        adoptions: [...roster.adoptions],
      }))
    },
  }
}

function peopleIn(statement: object): ReadonlySet<string> {
  return new Set(
    Object.values(statement).filter(
      (value): value is string => typeof value === 'string' && value.startsWith('p-'),
    ),
  )
}
