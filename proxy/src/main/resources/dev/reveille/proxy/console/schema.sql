-- What the console shows besides pg_database. Rows are written by the proxy alone; a credential reads.
CREATE SCHEMA reveille AUTHORIZATION reveille_admin;

CREATE TABLE reveille.databases (
  name text, id uuid PRIMARY KEY, state text, cell text, sessions integer,
  created_at timestamptz, created_by text, expires_at timestamptz, suspend_after interval,
  parent text, parent_id uuid, parent_checkpoint text, used_at timestamptz);
CREATE INDEX ON reveille.databases (name);
CREATE INDEX ON reveille.databases (parent_id) WHERE parent_id IS NOT NULL;

-- The proxy's own notes, which nobody reads: the number of a database in pg_database, above what Postgres
-- gives out to a young storage, and what its parent was called when it was branched.
CREATE SCHEMA reveille_mirror AUTHORIZATION reveille_admin;
CREATE SEQUENCE reveille_mirror.oids MINVALUE 1073741824 MAXVALUE 4294967295;
CREATE TABLE reveille_mirror.databases (
  id uuid PRIMARY KEY, oid oid NOT NULL UNIQUE DEFAULT nextval('reveille_mirror.oids'), parent text);

CREATE TABLE reveille.checkpoints (
  database text, name text, id uuid PRIMARY KEY, kind text, database_id uuid, cell text,
  created_at timestamptz, created_by text, expires_at timestamptz, bytes bigint);

CREATE TABLE reveille.credentials (
  name text PRIMARY KEY, kind text, mode text, databases text[], state text,
  not_before timestamptz, expires_at timestamptz, narrowed_from text, allowances text[],
  connections integer);

CREATE TABLE reveille.cells (cell text, state text, provider text, databases integer);

CREATE TABLE reveille.computes (
  database text, cell text, state text, epoch bigint, sessions integer, waiters integer);

CREATE TABLE reveille.sessions (
  session bigint, database text, credential text, state text, client inet, tls text, proof text,
  since timestamptz, bytes_in bigint, bytes_out bigint, requests bigint);

CREATE TABLE reveille.events (
  at timestamptz, kind text, database text, credential text, session bigint, instance text,
  details jsonb);

CREATE TABLE reveille.budgets (
  budget text, credential text, used numeric, most numeric, unit text, resets_at timestamptz);

-- Of the month: what each database used, and the account in all.
CREATE TABLE reveille.usage (
  database text, id uuid, compute_seconds bigint, bytes bigint, dropped boolean);

CREATE TABLE reveille.account (
  name text, plan text, since timestamptz, until timestamptz, compute_seconds bigint,
  wakes bigint, bytes bigint, gb_hours bigint, cost numeric, currency text);

CREATE TABLE reveille.help (number integer, statement text, meaning text);

-- As PgBouncer's SHOW has them (its admin.c and stats.c), for tools that read those.
CREATE TABLE reveille.pools (
  database text, "user" text, cl_active integer, cl_waiting integer, cl_active_cancel_req integer,
  cl_waiting_cancel_req integer, sv_active integer, sv_active_cancel integer,
  sv_being_canceled integer, sv_idle integer, sv_used integer, sv_tested integer,
  sv_login integer, maxwait integer, maxwait_us integer, pool_mode text, load_balance_hosts text);

CREATE TABLE reveille.clients (
  type text, "user" text, database text, replication text, state text, addr text, port integer,
  local_addr text, local_port integer, connect_time text, request_time text, wait integer,
  wait_us integer, close_needed integer, ptr text, link text, remote_pid integer, tls text,
  application_name text, prepared_statements integer, id integer);

CREATE TABLE reveille.servers (LIKE reveille.clients);

CREATE TABLE reveille.stats (
  database text, total_server_assignment_count numeric, total_xact_count numeric,
  total_query_count numeric, total_received numeric, total_sent numeric, total_xact_time numeric,
  total_query_time numeric, total_wait_time numeric, total_client_parse_count numeric,
  total_server_parse_count numeric, total_bind_count numeric, avg_server_assignment_count numeric,
  avg_xact_count numeric, avg_query_count numeric, avg_recv numeric, avg_sent numeric,
  avg_xact_time numeric, avg_query_time numeric, avg_wait_time numeric,
  avg_client_parse_count numeric, avg_server_parse_count numeric, avg_bind_count numeric);

CREATE TABLE reveille.version (version text);

GRANT USAGE ON SCHEMA reveille TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA reveille TO PUBLIC;
-- Tools look for Postgres's own templates. There is nothing behind these, and nobody may connect: programs with
-- --all connect to whatever says that it can be.
INSERT INTO pg_catalog.pg_database SELECT r.*
  FROM pg_catalog.pg_database t, (VALUES (1, 'template1'), (4, 'template0')) n (oid, name),
    LATERAL pg_catalog.jsonb_populate_record(t, pg_catalog.jsonb_build_object('oid', n.oid, 'datname',
      n.name, 'datistemplate', true, 'datallowconn', false, 'datacl', NULL)) r
  WHERE t.datname = 'postgres';
ALTER DATABASE reveille SET search_path = reveille, public;
