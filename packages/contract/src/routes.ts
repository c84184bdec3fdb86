import { z } from 'zod'
import { comprehensionQuestions } from '@chaperone/domain'
import {
  analysis,
  analysisDraft,
  attentionItem,
  auditEntry,
  base64,
  comprehensionAnswer,
  declineWord,
  digest,
  instant,
  logStatus,
  me,
  named,
  order,
  orderSummary,
  output,
  outputWish,
  person,
  review,
  role,
  run,
  signedStatement,
  signingDraft,
  signingRequest,
  submission,
  technicianOrder,
  technicianSummary,
} from './shapes.ts'

/**
 * Every route of the gateway: the gateway registers exactly these, clients call them through this table, OpenAPI and
 * the authorisation test are made from it. `access` names who may call at all; what they may do with this object now
 * is the domain's to decide.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly access: Access
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** The answer with status 200; `undefined` means 204. */
  readonly answer?: z.ZodType
}

/** `anybody`: before signing in. `desk`: the desk's own token. Otherwise any of these roles. */
export type Access = 'anybody' | 'signed-in' | 'desk' | readonly z.infer<typeof role>[]

const orderParams = z.strictObject({ order })
const runParams = z.strictObject({ order, run })
const token = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const opaqueJson = z.looseObject({})

export const routes = {
  signInOptions: {
    method: 'POST',
    path: '/api/sign-in/passkey/options',
    summary: 'Asks for a passkey challenge of 32 random bytes',
    access: 'anybody',
    answer: z.strictObject({ challenge: z.string(), options: opaqueJson }),
  },
  signIn: {
    method: 'POST',
    path: '/api/sign-in/passkey',
    summary: 'Signs in with a passkey; sets the session cookie',
    access: 'anybody',
    body: z.strictObject({ challenge: z.string().max(64), response: opaqueJson }),
    answer: z.strictObject({ person, name: z.string() }),
  },
  keyChallenge: {
    method: 'POST',
    path: '/api/sign-in/key/challenge',
    summary: 'Asks for a challenge to sign with a key of the roster (command line)',
    access: 'anybody',
    answer: z.strictObject({ challenge: token }),
  },
  keySignIn: {
    method: 'POST',
    path: '/api/sign-in/key',
    summary:
      'Signs in with an SSHSIG over the challenge, namespace sign-in@chaperone; answers a bearer token',
    access: 'anybody',
    body: z.strictObject({ challenge: token, signature: z.string().max(8192) }),
    answer: z.strictObject({ person, name: z.string(), token, expires: instant }),
  },
  signOut: { method: 'POST', path: '/api/sign-out', summary: 'Ends the session', access: 'signed-in' },
  me: {
    method: 'GET',
    path: '/api/me',
    summary: 'Who I am and what I may ask for',
    access: 'signed-in',
    answer: me,
  },

  enrolment: {
    method: 'POST',
    path: '/api/enrolment',
    summary: 'Opens a one-time enrolment link',
    access: 'anybody',
    body: z.strictObject({ token }),
    answer: z.strictObject({
      person,
      name: z.string(),
      roles: z.array(role),
      organisation: z.string(),
      deskUrl: z.string().nullable(),
      signInKeys: z.int(),
      deciding: z.enum(['none', 'collected', 'adopted']),
      fingerprint: z.string().nullable(),
    }),
  },
  enrolmentOptions: {
    method: 'POST',
    path: '/api/enrolment/options',
    summary: 'Begins to make a sign-in passkey',
    access: 'anybody',
    body: z.strictObject({ token }),
    answer: z.strictObject({ options: opaqueJson }),
  },
  enrolmentKey: {
    method: 'POST',
    path: '/api/enrolment/key',
    summary: 'Finishes a sign-in passkey',
    access: 'anybody',
    body: z.strictObject({ token, response: opaqueJson }),
    answer: z.strictObject({ deskUrl: z.string().nullable() }),
  },

  analyse: {
    method: 'POST',
    path: '/api/analyse',
    summary: 'Says what steps would do, before they are submitted; nothing is stored',
    access: ['technician'],
    body: analysisDraft,
    answer: z.strictObject({ analyses: z.array(analysis) }),
  },
  submitOrder: {
    method: 'POST',
    path: '/api/orders',
    summary: 'Submits a work order',
    access: ['technician'],
    body: submission,
    answer: technicianOrder,
  },
  myOrders: {
    method: 'GET',
    path: '/api/my-orders',
    summary: 'The technician’s own orders, newest first, without their bytes',
    access: ['technician'],
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
    answer: z.array(technicianSummary),
  },
  myOrder: {
    method: 'GET',
    path: '/api/my-orders/:order',
    summary: 'One of the technician’s own orders',
    access: ['technician'],
    params: orderParams,
    answer: technicianOrder,
  },
  reviseOrder: {
    method: 'POST',
    path: '/api/my-orders/:order/revise',
    summary: 'Replaces the steps: a new version that asks for fresh decisions',
    access: ['technician'],
    params: orderParams,
    body: submission,
    answer: technicianOrder,
  },
  withdrawOrder: {
    method: 'POST',
    path: '/api/my-orders/:order/withdraw',
    summary: 'Withdraws an order that is not running',
    access: ['technician'],
    params: orderParams,
    body: z.strictObject({
      version: z.int(),
      /** Signed, where the technician has a key of the roster; the session's word counts otherwise. */
      statement: signedStatement.optional(),
    }),
    answer: technicianOrder,
  },
  answerQuestion: {
    method: 'POST',
    path: '/api/my-orders/:order/questions/:question/answer',
    summary: 'Answers an escort’s question',
    access: ['technician'],
    params: z.strictObject({ order, question: z.coerce.number().int() }),
    body: z.strictObject({ text: z.string().trim().min(1).max(8192) }),
    answer: technicianOrder,
  },
  requestOutput: {
    method: 'POST',
    path: '/api/my-orders/:order/requests',
    summary: 'Asks for captured output of a step without a rerun; says nothing about what was captured',
    access: ['technician'],
    params: orderParams,
    body: z.strictObject({ version: z.int().min(1), step: z.int().min(1), wish: outputWish }),
    answer: technicianOrder,
  },
  readRelease: {
    method: 'POST',
    path: '/api/my-orders/:order/releases/:release',
    summary: 'Reads released text; the reading is recorded before the answer is sent',
    access: ['technician'],
    params: z.strictObject({ order, release: digest }),
    body: z.strictObject({ run }),
    answer: z.strictObject({ text: z.string(), disclosedAt: instant }),
  },

  inbox: {
    method: 'GET',
    path: '/api/inbox',
    summary: 'Orders that this escort may judge',
    access: ['escort'],
    query: z.strictObject({ all: z.enum(['true', 'false']).default('false') }),
    answer: z.array(orderSummary),
  },
  review: {
    method: 'GET',
    path: '/api/orders/:order',
    summary: 'Everything an escort needs to judge an order',
    access: ['escort', 'officer', 'auditor'],
    params: orderParams,
    answer: review,
  },
  claimOrder: {
    method: 'POST',
    path: '/api/orders/:order/claim',
    summary: 'Claims an order for review',
    access: ['escort'],
    params: orderParams,
    body: z.strictObject({ version: z.int() }),
    answer: review,
  },
  returnOrder: {
    method: 'POST',
    path: '/api/orders/:order/return',
    summary: 'Gives a claim back, or hands it to another escort, with a note',
    access: ['escort'],
    params: orderParams,
    body: z.strictObject({ to: person.nullable(), note: z.string().max(8192) }),
    answer: review,
  },
  askQuestion: {
    method: 'POST',
    path: '/api/orders/:order/questions',
    summary: 'Asks the technician; the question is disclosed to them as written',
    access: ['escort'],
    params: orderParams,
    body: z.strictObject({
      version: z.int(),
      step: z.int().min(0),
      text: z.string().trim().min(1).max(8192),
    }),
    answer: review,
  },
  recordComprehension: {
    method: 'POST',
    path: '/api/orders/:order/comprehension',
    summary: 'Says what a step does, before being told; an answer that does not match calls a second escort',
    access: ['escort'],
    params: orderParams,
    body: z.strictObject({
      version: z.int().min(1),
      step: z.int().min(1),
      question: z.enum(comprehensionQuestions),
      answer: comprehensionAnswer,
    }),
    answer: review,
  },
  declineOutput: {
    method: 'POST',
    path: '/api/orders/:order/requests/:request/decline',
    summary: 'Declines a request for output, with a fixed word that the technician is shown',
    access: ['escort'],
    params: z.strictObject({ order, request: z.coerce.number().int() }),
    body: z.strictObject({ word: declineWord }),
    answer: review,
  },
  prepareSigning: {
    method: 'POST',
    path: '/api/orders/:order/signing',
    summary: 'Prepares a statement to be signed at the desk or in the command line',
    access: ['escort', 'officer'],
    params: orderParams,
    body: signingRequest,
    answer: z.strictObject({ ticket: token, deskUrl: z.string() }),
  },
  signingDraft: {
    method: 'POST',
    path: '/api/signing/draft',
    summary: 'What a ticket would sign, with openings; for the command line',
    access: ['escort', 'officer'],
    body: z.strictObject({ ticket: token }),
    answer: signingDraft,
  },
  completeSigning: {
    method: 'POST',
    path: '/api/signing/complete',
    summary: 'Hands in a signed statement from the command line',
    access: ['escort', 'officer'],
    body: z.strictObject({ ticket: token, statement: signedStatement }),
    answer: z.strictObject({ order: order.nullable() }),
  },
  forbid: {
    method: 'POST',
    path: '/api/orders/:order/hold',
    summary:
      'Forbids on click: the order is frozen and nothing of it starts any more; the signed forbid follows',
    access: ['escort'],
    params: orderParams,
    body: z.strictObject({ version: z.int() }),
    answer: review,
  },
  kill: {
    method: 'POST',
    path: '/api/orders/:order/runs/:run/kill',
    summary: 'Kills what runs, on click',
    access: ['escort', 'officer'],
    params: runParams,
    answer: review,
  },
  freeze: {
    method: 'POST',
    path: '/api/orders/:order/freeze',
    summary: '“I allowed wrongly”: kills, freezes, offers the rollback, calls an officer',
    access: ['escort', 'officer'],
    params: orderParams,
    body: z.strictObject({ version: z.int() }),
    answer: review,
  },
  output: {
    method: 'GET',
    path: '/api/orders/:order/runs/:run/output',
    summary: 'Captured output, live, from a frame on',
    access: ['escort', 'officer'],
    params: runParams,
    query: z.strictObject({ from: z.coerce.number().int().min(0).default(0) }),
    answer: output,
  },

  auditLog: {
    method: 'GET',
    path: '/api/audit/entries',
    summary: 'Entries of the log, newest first or of one order',
    access: ['auditor', 'officer'],
    query: z.strictObject({
      order: order.optional(),
      before: z.coerce.number().int().optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answer: z.strictObject({ size: z.int(), entries: z.array(auditEntry) }),
  },
  logStatus: {
    method: 'GET',
    path: '/api/audit/status',
    summary: 'Whether the log verifies, up to where, and who cosigned it',
    access: ['auditor', 'officer', 'escort'],
    answer: logStatus,
  },
  people: {
    method: 'GET',
    path: '/api/people',
    summary: 'People with roles, keys and enrolment state',
    access: ['officer', 'auditor', 'escort'],
    answer: z.array(
      z.strictObject({
        person,
        name: z.string(),
        roles: z.array(role),
        until: instant,
        pendingKeys: z.array(
          z.strictObject({ key: z.string(), blob: base64, class: z.string(), origins: z.array(z.string()) }),
        ),
        adoptedKeys: z.array(z.string()),
      }),
    ),
  },
  attention: {
    method: 'GET',
    path: '/api/attention',
    summary: 'What an officer must look at: frozen orders, runs whose fate is not known, unconfirmed kills',
    access: ['officer'],
    answer: z.array(attentionItem),
  },
  issueEnrolment: {
    method: 'POST',
    path: '/api/people/:person/enrolment',
    summary: 'Makes a one-time enrolment link for somebody else',
    access: ['officer'],
    params: z.strictObject({ person }),
    answer: z.strictObject({ url: z.string(), expires: instant }),
  },
  roster: {
    method: 'GET',
    path: '/api/rosters/:version',
    summary: 'A signed roster; 0 for the one in force',
    access: ['officer', 'auditor', 'escort'],
    params: z.strictObject({ version: z.coerce.number().int().min(0) }),
    answer: z.strictObject({ version: z.int(), bytes: base64, adoptions: z.array(signedStatement) }),
  },
  adoptRoster: {
    method: 'POST',
    path: '/api/rosters',
    summary: 'Brings a roster that two officers signed into force',
    access: ['officer'],
    body: z.strictObject({
      bytes: base64,
      adoptions: z.array(signedStatement).min(2).max(4),
      names: z.record(z.string(), z.string()).default({}),
    }),
    answer: z.strictObject({ version: z.int() }),
  },
  orderStop: {
    method: 'POST',
    path: '/api/stops',
    summary: 'Latches a signed stop order and kills what it hits',
    access: ['officer'],
    body: signedStatement,
    answer: z.strictObject({ stop: digest, killed: z.array(run) }),
  },
  liftStop: {
    method: 'POST',
    path: '/api/stops/lift',
    summary: 'Lifts a stop with the statements of two officers',
    access: ['officer'],
    body: z.strictObject({ stop: digest, statements: z.array(signedStatement).min(2).max(4) }),
  },

  deskDraft: {
    method: 'POST',
    path: '/internal/desk/draft',
    summary: 'What a ticket would sign, for the desk',
    access: 'desk',
    body: z.strictObject({ ticket: token }),
    answer: signingDraft,
  },
  deskComplete: {
    method: 'POST',
    path: '/internal/desk/complete',
    summary: 'Hands in what was signed at the desk',
    access: 'desk',
    body: z.strictObject({ ticket: token, statement: signedStatement }),
    answer: z.strictObject({ order: order.nullable() }),
  },
  deskRosters: {
    method: 'GET',
    path: '/internal/desk/rosters',
    summary: 'Signed rosters from a version on',
    access: 'desk',
    query: z.strictObject({ from: z.coerce.number().int().min(1) }),
    answer: z.array(z.strictObject({ version: z.int(), bytes: base64, adoptions: z.array(signedStatement) })),
  },
  deskEnrolment: {
    method: 'POST',
    path: '/internal/desk/enrolment',
    summary: 'Who an enrolment link is for',
    access: 'desk',
    body: z.strictObject({ token }),
    answer: named,
  },
  deskKey: {
    method: 'POST',
    path: '/internal/desk/enrolment/key',
    summary: 'A decision passkey, collected at the desk; it counts once a roster with it is adopted',
    access: 'desk',
    body: z.strictObject({ token, blob: base64, origin: z.string() }),
    answer: z.strictObject({ fingerprint: z.string() }),
  },
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof routes
export type BodyOf<N extends RouteName> = (typeof routes)[N] extends { body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined
export type ParamsOf<N extends RouteName> = (typeof routes)[N] extends { params: infer P extends z.ZodType }
  ? z.input<P>
  : undefined
export type QueryOf<N extends RouteName> = (typeof routes)[N] extends { query: infer Q extends z.ZodType }
  ? z.input<Q>
  : undefined
export type AnswerOf<N extends RouteName> = (typeof routes)[N] extends { answer: infer A extends z.ZodType }
  ? z.output<A>
  : undefined

/** Also served, outside this table: server-sent events, health, metrics, the log's tiles, an order's export. */
export const eventStreamPath = '/api/events'
export const exportPath = '/api/audit/export'
