import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Work orders, sealed openings and recordings, people's keys, sessions. */
export const records: Migration = {
  async up(db) {
    const statements = [
      // `state` is the fold of the order's events; the log can rebuild it.
      sql`create table work_order (
        order_id text primary key,
        technician text not null,
        state jsonb not null,
        submitted_at text collate "C" not null,
        ended boolean not null,
        running boolean not null,
        allowed boolean not null
      )`,
      sql`create index work_order_technician on work_order (technician, submitted_at desc)`,
      sql`create index work_order_open on work_order (submitted_at desc) where not ended`,
      sql`create index work_order_running on work_order (order_id) where running`,
      sql`create index work_order_allowed on work_order (order_id) where allowed`,
      // Erasing is making \`wrapped\` null: sealed values stay and open no more.
      sql`create table order_key (order_id text primary key, wrapped bytea)`,
      sql`create table opening (
        commitment text primary key,
        order_id text not null,
        kind text not null,
        sealed bytea not null
      )`,
      sql`create index opening_order on opening (order_id)`,
      sql`create table recording_chunk (
        run text not null,
        index bigint not null,
        order_id text not null,
        sealed bytea not null,
        link bytea not null,
        primary key (run, index)
      )`,
      sql`create table target_history (
        run text primary key,
        target text not null,
        order_id text not null,
        step bigint not null,
        at text collate "C" not null,
        result text not null
      )`,
      sql`create index target_history_target on target_history (target, at desc)`,
      sql`create table roster (version bigint primary key, bytes bytea not null, adoptions jsonb not null)`,
      sql`create table person_name (person text primary key, name text not null)`,
      sql`create table stop_order (
        stop text primary key,
        scope text not null,
        value text not null,
        expires text not null,
        statement jsonb not null,
        lifted boolean not null
      )`,
      sql`create table enrolment (
        secret text primary key,
        person text not null,
        expires text collate "C" not null,
        sign_in_done boolean not null,
        deciding_done boolean not null
      )`,
      sql`create table sign_in_key (
        id text primary key,
        person text not null,
        public_key bytea not null,
        counter bigint not null
      )`,
      sql`create table pending_key (key text primary key, person text not null, blob bytea not null, origin text not null)`,
      sql`create table session (
        secret text primary key,
        person text not null,
        kind text not null,
        created text collate "C" not null,
        seen text collate "C" not null,
        expires text collate "C" not null
      )`,
      sql`create table ticket (
        secret text primary key,
        person text not null,
        order_id text not null,
        kind text not null,
        statement text not null,
        expires text collate "C" not null
      )`,
      sql`create table challenge (challenge text primary key, purpose text not null, expires text collate "C" not null)`,
    ]
    for (const statement of statements) await statement.execute(db)
  },
}
