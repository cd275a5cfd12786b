-- The catalog: accounts, credentials, databases, cells, events, and the stream of changes.
-- Later migrations only add, so that an older proxy keeps working beside a newer one.

-- One sequence for every version number: of two states of a thing, the higher number is the newer.
create sequence reveille.versions;

create function reveille.stamp() returns trigger language plpgsql as $$
begin
  new.version := nextval('reveille.versions');
  return new;
end $$;

create table reveille.accounts (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  created_at timestamptz not null default now(),
  version bigint not null
);

create table reveille.cells (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  state text not null default 'active' check (state in ('active', 'draining', 'down')),
  provider text not null,
  capacity integer not null check (capacity > 0),
  created_at timestamptz not null default now(),
  version bigint not null
);

create table reveille.databases (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references reveille.accounts,
  name text not null check (octet_length(name) between 1 and 63),
  state text not null default 'creating' check (state in ('creating', 'ready', 'dropping')),
  cell_id text not null references reveille.cells,
  storage_id uuid not null unique,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  version bigint not null,
  unique (id, account_id)
);
-- A database that is being dropped has given its name up.
create unique index databases_name on reveille.databases (account_id, name)
  where state <> 'dropping';
create index databases_cell on reveille.databases (cell_id);
create index databases_unfinished on reveille.databases (state) where state <> 'ready';

create table reveille.credentials (
  id uuid primary key,
  name text not null constraint credentials_name unique check (name ~ '^[a-z0-9_]{1,63}$'),
  account_id uuid not null references reveille.accounts,
  verifiers text[] not null check (cardinality(verifiers) between 1 and 2),
  mode text not null check (mode in ('ro', 'rw', 'ddl')),
  all_databases boolean not null,
  not_before timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  connection_limit integer not null check (connection_limit > 0),
  channel_binding_required boolean not null default false,
  created_at timestamptz not null default now(),
  version bigint not null,
  unique (id, account_id)
);
create index credentials_account on reveille.credentials (account_id);

-- The scope of credentials that are not for all databases. The account is part of both keys: no
-- credential can ever name a database of another account.
create table reveille.credential_databases (
  credential_id uuid not null,
  database_id uuid not null,
  account_id uuid not null,
  primary key (credential_id, database_id),
  foreign key (credential_id, account_id)
    references reveille.credentials (id, account_id) on delete cascade,
  foreign key (database_id, account_id)
    references reveille.databases (id, account_id) on delete cascade
);
create index credential_databases_database on reveille.credential_databases (database_id);

-- What happened. Without foreign keys: events outlive what they tell of.
create table reveille.events (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null,
  account_id uuid,
  database_id uuid,
  credential_id uuid,
  details jsonb not null default '{}'
);

-- The stream of changes, for directories that were not listening. A reader asks for all rows whose
-- transaction was not yet finished when it last asked. Version numbers alone would not do: they are
-- given out in one order and committed in another.
create table reveille.changes (
  version bigint primary key,
  transaction xid8 not null default pg_current_xact_id(),
  subject text not null,
  id text not null,
  at timestamptz not null default now()
);
create index changes_transaction on reveille.changes (transaction);

-- NOTIFY makes commits wait for each other, so only what may be cached somewhere is announced aloud.
-- What is new is in nobody's cache, because absence is not cached; for that the stream is enough.
create function reveille.announce(subject text, id text, version bigint, aloud boolean)
returns void language plpgsql as $$
begin
  insert into reveille.changes (version, subject, id)
    values (announce.version, announce.subject, announce.id);
  if aloud then
    perform pg_notify('reveille', subject || ' ' || version || ' ' || id);
  end if;
end $$;

create function reveille.announce_row() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    perform reveille.announce(tg_argv[0], old.id::text, nextval('reveille.versions'), true);
  else
    perform reveille.announce(tg_argv[0], new.id::text, new.version, tg_op = 'UPDATE');
  end if;
  return null;
end $$;

create function reveille.announce_database() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.state = 'ready' then
      perform reveille.announce(
        'database_dropped', old.id::text, nextval('reveille.versions'), true);
    end if;
  elsif new.state = 'ready' then
    perform reveille.announce(
      'database', new.id::text, new.version, tg_op = 'UPDATE' and old.state = 'ready');
  elsif new.state = 'dropping' and tg_op = 'UPDATE' and old.state <> 'dropping' then
    perform reveille.announce('database_dropped', new.id::text, new.version, true);
  end if;
  return null;
end $$;

-- A scope that grows or shrinks is a change of its credential, unless that is just being made.
create function reveille.touch_credential() returns trigger language plpgsql as $$
declare
  touched uuid := case tg_op when 'DELETE' then old.credential_id else new.credential_id end;
begin
  update reveille.credentials c set version = c.version
    where c.id = touched and c.xmin <> pg_current_xact_id()::xid;
  return null;
end $$;

create trigger stamp before insert or update on reveille.accounts
  for each row execute function reveille.stamp();
create trigger stamp before insert or update on reveille.cells
  for each row execute function reveille.stamp();
create trigger stamp before insert or update on reveille.databases
  for each row execute function reveille.stamp();
create trigger stamp before insert or update on reveille.credentials
  for each row execute function reveille.stamp();
create trigger announce after insert or update or delete on reveille.cells
  for each row execute function reveille.announce_row('cell');
create trigger announce after insert or update or delete on reveille.credentials
  for each row execute function reveille.announce_row('credential');
create trigger announce after insert or update or delete on reveille.databases
  for each row execute function reveille.announce_database();
create trigger touch after insert or update or delete on reveille.credential_databases
  for each row execute function reveille.touch_credential();

insert into reveille.accounts (name) values ('default');
