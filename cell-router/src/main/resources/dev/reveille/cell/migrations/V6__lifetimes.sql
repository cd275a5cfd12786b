-- Lifetimes, lineage and checkpoints: what makes a database worth keeping, and until when.

alter table reveille.databases
  -- Null means that it never expires.
  add column expires_at timestamptz,
  -- Of its expiry somebody has been warned; a new expiry is a new reason to warn.
  add column warned_at timestamptz,
  add column archived_at timestamptz,
  -- Without a foreign key: a branch outlives what it was made from.
  add column parent_id uuid,
  add column parent_name text,
  add column parent_checkpoint text,
  add column created_by text not null default '',
  -- The storage that a restore is making; the database has it as soon as it is whole.
  add column next_storage_id uuid unique,
  drop constraint databases_state_check,
  add constraint databases_state_check
    check (state in ('creating', 'ready', 'archived', 'dropping'));
create index databases_expiry on reveille.databases (cell_id, expires_at)
  where expires_at is not null and state in ('ready', 'archived');
create index databases_next_storage on reveille.databases (cell_id)
  where next_storage_id is not null;
create index databases_account on reveille.databases (account_id, created_at);

-- When a database was last connected to, roughly. Apart from the others, because it changes often
-- and nobody caches it.
create table reveille.database_use (
  database_id uuid primary key references reveille.databases on delete cascade,
  used_at timestamptz not null
) with (fillfactor = 70);

-- A read-only clone of a storage. It outlives its database: without a foreign key, and with its name.
create table reveille.checkpoints (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references reveille.accounts,
  database_id uuid not null,
  database_name text not null,
  name text not null check (octet_length(name) between 1 and 63),
  state text not null default 'creating' check (state in ('creating', 'ready', 'dropping')),
  kind text not null check (kind in ('named', 'automatic', 'restore')),
  cell_id text not null references reveille.cells,
  storage_id uuid not null unique,
  created_by text not null default '',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  bytes bigint not null default 0 check (bytes >= 0)
);
create unique index checkpoints_name on reveille.checkpoints (database_id, name)
  where state <> 'dropping';
create index checkpoints_account on reveille.checkpoints (account_id, database_name, name);
create index checkpoints_unfinished on reveille.checkpoints (state) where state <> 'ready';
create index checkpoints_expiry on reveille.checkpoints (cell_id, expires_at)
  where expires_at is not null and state = 'ready';

-- An archived database has a route as well: who asks for it is told how to get it back.
create or replace function reveille.announce_database() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.state in ('ready', 'archived') then
      perform reveille.announce(
        'database_dropped', old.id::text, nextval('reveille.versions'), true);
    end if;
  elsif new.state in ('ready', 'archived') then
    perform reveille.announce('database', new.id::text, new.version,
      tg_op = 'UPDATE' and old.state in ('ready', 'archived'));
  elsif new.state = 'dropping' and tg_op = 'UPDATE' and old.state <> 'dropping' then
    perform reveille.announce('database_dropped', new.id::text, new.version, true);
  end if;
  return null;
end $$;

-- How many databases live in each cell, counted as they come and go: a count over millions of rows
-- would be part of every create. In slices, so that creates do not wait for each other.
create table reveille.cell_loads (
  cell_id text not null references reveille.cells on delete cascade,
  slice smallint not null,
  databases bigint not null,
  primary key (cell_id, slice)
) with (fillfactor = 50);

create function reveille.count_database() returns trigger language plpgsql as $$
begin
  insert into reveille.cell_loads as l (cell_id, slice, databases)
    values (case tg_op when 'DELETE' then old.cell_id else new.cell_id end,
      pg_backend_pid() % 16, case tg_op when 'DELETE' then -1 else 1 end)
    on conflict (cell_id, slice) do update set databases = l.databases + excluded.databases;
  return null;
end $$;

insert into reveille.cell_loads (cell_id, slice, databases)
  select cell_id, 0, count(*) from reveille.databases group by cell_id;
create trigger count after insert or delete on reveille.databases
  for each row execute function reveille.count_database();
