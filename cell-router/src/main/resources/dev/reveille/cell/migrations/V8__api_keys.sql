-- Keys of the HTTP API and of MCP. They open nothing else: a login on the wire is a credential.

create table reveille.api_keys (
  id uuid primary key,
  account_id uuid not null references reveille.accounts,
  name text not null check (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  -- SHA-256 of the key, which is 256 random bits and is kept nowhere.
  hash bytea not null unique check (octet_length(hash) = 32),
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz
) with (fillfactor = 90);
create unique index api_keys_name on reveille.api_keys (account_id, name);

-- Answers to calls with an Idempotency-Key, sealed with a key that follows from the API key itself:
-- what they hold can be read again by whoever holds that, and by nobody with the catalog alone.
create table reveille.api_answers (
  key_id uuid not null references reveille.api_keys on delete cascade,
  idempotency_key text not null check (octet_length(idempotency_key) between 1 and 255),
  -- SHA-256 of what was asked.
  request bytea not null check (octet_length(request) = 32),
  -- Null while the call is being carried out.
  answer bytea,
  begun_at timestamptz not null default now(),
  primary key (key_id, idempotency_key)
);
create index api_answers_begun on reveille.api_answers (begun_at);

-- An account reads its own events, the newest first.
create index audit_account on reveille.audit (account_id, id desc);
