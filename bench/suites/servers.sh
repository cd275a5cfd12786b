# Sourced by run: a Postgres of our own on loopback, and Reveille with a static cell in front of it.
# Everything is in $work and ends with stop_all.

database=regression
secret=suite-secret

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Postgres refuses to run as root.
as_user() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$(pg_account)" --regid="$(id -g "$(pg_account)")" --clear-groups "$@"
  else
    "$@"
  fi
}

pg_account() { if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi; }

# The binaries that Reveille itself runs.
embedded_bin() {
  { ls -d "${XDG_CACHE_HOME:-$HOME/.cache}"/reveille/postgres-18*/bin \
    /var/cache/reveille/postgres-18*/bin 2>/dev/null || true; } | tail -1
}

start_servers() { # BIN SUITE
  local bin=$1
  dir=$work/$2
  mkdir -p "$dir/data" "$dir/home"
  pg_port=$(free_port)
  echo "$secret" >"$dir/secret"
  [ "$(id -u)" != 0 ] || chown -R "$(pg_account)" "$dir/data"
  as_user "$bin/initdb" -D "$dir/data" -U postgres -A scram-sha-256 --pwfile="$dir/secret" -N \
    --encoding=UTF8 --locale=C >"$dir/initdb.log"
  as_user "$bin/postgres" -D "$dir/data" -c listen_addresses=127.0.0.1 -c port="$pg_port" \
    -c unix_socket_directories= -c max_connections=100 -c wal_level=logical -c fsync=off \
    -c max_prepared_transactions=10 >"$dir/postgres.log" 2>&1 &
  pg_pid=$!
  for _ in $(seq 200); do direct_sql -c '' >/dev/null 2>&1 && break; sleep 0.1; done
  version=$("$bin/postgres" --version | sed 's/postgres (PostgreSQL) //; s/ .*//')
  fresh_database

  cat >"$dir/home/config.yaml" <<YAML
cells:
  - id: suite
    kind: static
    host: 127.0.0.1
    port: $pg_port
    tls: disable
    connections: 90
    databases: [$database]
    logins:
      - role: postgres
        password-file: $dir/secret
YAML
  reveille_port=$(free_port)
  export REVEILLE_HOME=$dir/home
  "$top/reveille" up --detach --port "$reveille_port" --http-port "$(free_port)" >"$dir/up.log"
  url=$("$top/reveille" url "$database")
}

stop_all() {
  [ -z "${REVEILLE_HOME:-}" ] || "$top/reveille" down >/dev/null 2>&1 || true
  unset REVEILLE_HOME
  if [ -n "${pg_pid:-}" ]; then
    pkill -INT -P "$pg_pid" 2>/dev/null || true
    kill -INT "$pg_pid" 2>/dev/null || true
    wait "$pg_pid" 2>/dev/null || true
    pg_pid=
  fi
}

direct_sql() {
  PGPASSWORD=$secret PGSSLMODE=disable psql -XqAt -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$pg_port" -U postgres \
    -d "${to:-postgres}" "$@"
}

fresh_database() {
  direct_sql -c "drop database if exists $database with (force)" -c "create database $database template template0" \
    -c "alter database $database set lc_messages to 'C'" -c "alter database $database set bytea_output to 'hex'" \
    -c "alter database $database set timezone_abbreviations to 'Default'"
}

# Sets what libpq and its like read, for one of the two ways to the same database.
export_way() {
  if [ "$1" = direct ]; then
    export PGHOST=127.0.0.1 PGPORT=$pg_port PGUSER=postgres PGPASSWORD=$secret PGSSLMODE=disable
    unset PGSSLROOTCERT
  else
    eval "$(python3 - "$url" <<'PY'
import shlex, sys
from urllib.parse import urlsplit, unquote, parse_qs
u = urlsplit(sys.argv[1])
q = parse_qs(u.query)
for k, v in dict(PGHOST=u.hostname, PGPORT=u.port, PGUSER=unquote(u.username), PGPASSWORD=unquote(u.password),
                 PGSSLMODE=q["sslmode"][0], PGSSLROOTCERT=q["sslrootcert"][0]).items():
    print(f"export {k}={shlex.quote(str(v))}")
PY
)"
  fi
}

count() {
  printf '%s / %s / %s\n' "$(grep -c ^pass "$1" || true)" "$(grep -c ^fail "$1" || true)" \
    "$(grep -c ^skip "$1" || true)"
}
