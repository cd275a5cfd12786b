-- What proxies tell each other: that they live, and what each credential has used through them.

-- One row a life: a proxy that is started again is another one, of the same home.
create table reveille.proxies (
  id uuid primary key,
  home_id uuid not null,
  -- The local cells that it starts computes of; no other home may claim them while it lives.
  cells text[] not null default '{}',
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
) with (fillfactor = 70);
create index proxies_home on reveille.proxies (home_id);

-- Each proxy writes rows of its own and adds up those of the others. Counts are kept by slices of
-- time, the newest first, so that they can be added and grow old without being written again.
-- Without foreign keys: what was used today outlives the proxy that it was used through.
create table reveille.credential_usage (
  credential_id uuid not null,
  proxy_id uuid not null,
  sessions integer not null check (sessions >= 0),
  connects_slice bigint not null,
  connects integer[] not null,
  wakes_slice bigint not null,
  wakes integer[] not null,
  -- Days of UTC since 1970.
  day bigint not null,
  bytes_out bigint not null check (bytes_out >= 0),
  reported_at timestamptz not null default now(),
  primary key (credential_id, proxy_id)
) with (fillfactor = 70);
create index credential_usage_reported on reveille.credential_usage (reported_at);
