import type { ColumnType } from 'kysely'
import type { SignedStatement, WorkOrder } from '@chaperone/domain'

type Json<T> = ColumnType<T, string, string>

/** The tables of `002-records`, as Kysely sees them. Instants are text in the protocol's spelling: they sort. */
export interface RecordSchema {
  readonly work_order: {
    order_id: string
    technician: string
    state: Json<WorkOrder>
    submitted_at: string
    ended: boolean
    running: boolean
    allowed: boolean
  }
  readonly order_key: { order_id: string; wrapped: Uint8Array | null }
  readonly opening: { commitment: string; order_id: string; kind: string; sealed: Uint8Array }
  readonly recording_chunk: {
    run: string
    index: number
    order_id: string
    sealed: Uint8Array
    link: Uint8Array
  }
  readonly target_history: {
    run: string
    target: string
    order_id: string
    step: number
    at: string
    result: string
  }
  readonly roster: { version: number; bytes: Uint8Array; adoptions: Json<SignedStatement[]> }
  readonly person_name: { person: string; name: string }
  readonly stop_order: {
    stop: string
    scope: string
    value: string
    expires: string
    statement: Json<SignedStatement>
    lifted: boolean
  }
  readonly enrolment: {
    secret: string
    person: string
    expires: string
    sign_in_done: boolean
    deciding_done: boolean
  }
  readonly sign_in_key: { id: string; person: string; public_key: Uint8Array; counter: number }
  readonly pending_key: { key: string; person: string; blob: Uint8Array; origin: string }
  readonly session: {
    secret: string
    person: string
    kind: string
    created: string
    seen: string
    expires: string
  }
  readonly ticket: {
    secret: string
    person: string
    order_id: string
    kind: string
    statement: string
    expires: string
  }
  readonly challenge: { challenge: string; purpose: string; expires: string }
}
