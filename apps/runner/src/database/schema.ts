/**
 * The steps from one layout of the database to the next; the n-th leads to `user_version` n. Never change one that was
 * released: add another. JSON is kept as text, or packed. Times are ISO 8601 in UTC.
 */
export const schemaSteps: readonly string[] = [
  `
  create table runs (
    id text primary key,
    created_at text not null,
    graph_id text,
    graph_name text not null,
    request text not null,
    status text not null,
    engine text not null,
    device text not null,
    priority integer not null default 0,
    position real not null default 0,
    started_at text,
    finished_at text,
    done integer not null default 0,
    total integer not null default 0,
    problem text,
    headline text,
    attempts integer not null default 0,
    next_sequence integer not null default 0,
    cancel_requested integer not null default 0,
    owner text,
    worker text
  ) strict;
  create index runs_by_time on runs (created_at desc, id desc);
  create index runs_by_status on runs (status, priority desc, position);
  create table events (
    run text not null,
    sequence integer not null,
    body text not null,
    primary key (run, sequence)
  ) strict, without rowid;
  create table states (
    run text primary key,
    next integer not null,
    body text not null
  ) strict;
  create table graphs (
    id text primary key,
    name text not null,
    description text not null,
    nodes integer not null,
    version integer not null,
    updated_at text not null,
    deleted_at text
  ) strict;
  create table graph_versions (
    graph text not null,
    version integer not null,
    saved_at text not null,
    document text not null,
    primary key (graph, version)
  ) strict, without rowid;
  `,
  `
  create table run_blobs (
    run text not null,
    sha256 text not null,
    primary key (run, sha256)
  ) strict, without rowid;
  create index run_blobs_by_blob on run_blobs (sha256);
  `,
  // A headline names its metric; before, it was always the accuracy. States are made again from the events.
  `
  update runs set headline = json_object(
    'metric', json_object('name', 'accuracy', 'title', 'Accuracy', 'better', 'higher', 'format', 'percent'),
    'value', json_extract(headline, '$.accuracy'),
    'count', json_extract(headline, '$.count'),
    'split', json_extract(headline, '$.split')
  ) where headline is not null and json_extract(headline, '$.accuracy') is not null;
  delete from states;
  `,
  // What a run told is packed, a page at a time (`runs/event-pages.ts`); states as well, and made again from the events.
  `
  create table event_pages (
    run text not null,
    first integer not null,
    last integer not null,
    body blob not null,
    primary key (run, first)
  ) strict;
  drop table states;
  create table states (
    run text primary key,
    next integer not null,
    body blob not null
  ) strict;
  `,
  // Drafts; and what a run is called, what it is about, and which draft it was started from.
  `
  create table drafts (
    id text primary key,
    name text not null,
    nodes integer not null,
    saved_at integer not null,
    origin text,
    document text not null
  ) strict;
  alter table runs add column name text;
  alter table runs add column notes text;
  alter table runs add column data text;
  alter table runs add column network text;
  alter table runs add column draft text;
  create index runs_by_draft on runs (draft) where draft is not null;
  `,
  // Machines that take runs from the queue; which of them a run is on, and under which lease.
  `
  create table workers (
    id text primary key,
    seen_at text not null,
    body text not null
  ) strict;
  alter table runs add column host text;
  alter table runs add column lease text;
  alter table runs add column lease_beat integer not null default 0;
  alter table runs add column lease_events integer not null default 0;
  create unique index runs_by_lease on runs (lease) where lease is not null;
  `,
]
