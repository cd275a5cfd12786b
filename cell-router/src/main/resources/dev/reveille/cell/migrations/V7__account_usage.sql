-- What accounts may use, what they have used, and what they store.

alter table reveille.accounts
  -- One of the plans that the proxies are configured with; null stands for their default.
  add column plan text,
  -- Millionths of the plan's currency.
  add column spend_cap_micros bigint check (spend_cap_micros >= 0),
  -- By name; each takes the place of the plan's.
  add column limits jsonb not null default '{}' check (jsonb_typeof(limits) = 'object');

-- What happened lately, in slices of time, as in credential_usage: each proxy writes rows of its own
-- and adds up those of the others.
create table reveille.account_usage (
  account_id uuid not null,
  proxy_id uuid not null,
  counted text not null,
  slice bigint not null,
  counts integer[] not null,
  reported_at timestamptz not null default now(),
  primary key (account_id, proxy_id, counted)
) with (fillfactor = 70);
create index account_usage_reported on reveille.account_usage (reported_at);

-- The last batch of what each home has metered: one whose answer was lost may be sent again.
create table reveille.metered (
  home_id uuid primary key,
  life_id uuid not null,
  batch bigint not null
) with (fillfactor = 70);

-- What is paid for, by months of UTC since 1970. Without foreign keys: it outlives what it tells of.
create table reveille.account_months (
  account_id uuid not null,
  month integer not null,
  compute_ms bigint not null default 0,
  -- Bytes stored over time, in units of 1,024 bytes for a second.
  kib_seconds bigint not null default 0,
  wakes bigint not null default 0,
  primary key (account_id, month)
) with (fillfactor = 70);
create table reveille.database_months (
  database_id uuid not null,
  month integer not null,
  account_id uuid not null,
  database_name text not null,
  compute_ms bigint not null default 0,
  primary key (database_id, month)
) with (fillfactor = 70);
create index database_months_account on reveille.database_months (account_id, month);

-- Bytes on disk of each storage that belongs to an account, as last measured; and their sums, which
-- are paid for from one measurement to the next.
create table reveille.stored (
  storage_id uuid primary key,
  cell_id text not null,
  account_id uuid not null,
  database_id uuid not null,
  bytes bigint not null
) with (fillfactor = 70);
create index stored_account on reveille.stored (account_id, bytes);
create index stored_cell on reveille.stored (cell_id, account_id);
create table reveille.account_storage (
  account_id uuid not null,
  cell_id text not null,
  bytes bigint not null,
  measured_at timestamptz not null default now(),
  primary key (account_id, cell_id)
) with (fillfactor = 70);
create index account_storage_cell on reveille.account_storage (cell_id);
