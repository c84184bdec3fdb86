import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The log, the way into it, and leases. */
export const ledger: Migration = {
  async up(db) {
    // Events on their way: written with the state they tell of, taken out by the sequencer.
    await sql`
      create table outbox (
        id bigint generated always as identity primary key,
        leaf bytea not null check (octet_length(leaf) <= 65535)
      )`.execute(db)
    await sql`
      create table log_entry (
        index bigint primary key check (index >= 0),
        leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
        leaf bytea not null
      )`.execute(db)
    // One row: the tree's size and the roots of its complete subtrees. Who changes the size is the
    // sequencer; who fails to change it is not any more.
    await sql`
      create table log_head (
        one boolean primary key default true check (one),
        size bigint not null,
        frontier bytea not null
      )`.execute(db)
    await sql`insert into log_head (size, frontier) values (0, '')`.execute(db)
    // Which outbox rows became which entries, in order, so that whoever wrote them learns their places.
    await sql`
      create table log_batch (
        size bigint primary key,
        first bigint not null,
        outbox_ids bigint[] not null
      )`.execute(db)
    await sql`
      create table checkpoint (
        size bigint primary key,
        root bytea not null check (octet_length(root) = 32),
        note text not null
      )`.execute(db)
    await sql`
      create table cosignature (
        size bigint not null references checkpoint (size),
        line text not null,
        primary key (size, line)
      )`.execute(db)
    await sql`
      create table lease (
        name text primary key,
        holder text not null,
        token bigint not null,
        expires_at timestamptz not null
      )`.execute(db)
    // The outbox is empty most of the time and its rows are gone at once: vacuum must keep up.
    await sql`
      alter table outbox set (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0
      )`.execute(db)
    await sql`alter table log_head set (fillfactor = 10)`.execute(db)
  },
}
