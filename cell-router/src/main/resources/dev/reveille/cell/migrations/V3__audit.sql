-- What happened: sessions, requests, limits, credentials, databases. Without foreign keys, and with
-- names beside ids: entries outlive what they tell of. It takes the place of reveille.events, which
-- stays for older proxies to write to, and which nothing newer reads.
create table reveille.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null,
  account_id uuid,
  database_id uuid,
  database text,
  credential text,
  session bigint,
  instance text not null,
  number bigint,
  details jsonb not null default '{}'
);
create index audit_at on reveille.audit (at);
create index audit_credential on reveille.audit (credential, at) where credential is not null;
-- A batch whose answer was lost may be sent again.
create unique index audit_number on reveille.audit (instance, number);
-- An expiry is noted once, however many proxies look.
create unique index audit_expired on reveille.audit (credential) where kind = 'credential_expired';
create index credentials_expiry on reveille.credentials (expires_at) where revoked_at is null;

insert into reveille.audit (at, kind, account_id, database_id, database, instance, details)
  select at, case kind when 'credential_issued' then 'credential_created' else kind end, account_id,
    database_id, details ->> 'name', '', details - 'name'
  from reveille.events order by id;
