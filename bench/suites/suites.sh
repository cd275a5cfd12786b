# Sourced by run. Each suite is a function with four verbs: absent (fails, saying why, if it cannot
# run here), bin (whose Postgres it wants), run (with PG* set), verdicts (its output to lines).

pgx_version=v5.12.0
libpq_go_version=v1.12.3
psycopg2_version=2.9.13

# --- Go: the tests inside the module, copied out of the module cache ------------------------------
go_module() { # PATH VERSION: prints a writable copy
  local copy=$work/${1##*/}-src
  if [ ! -d "$copy" ]; then
    local from
    from=$(cd "$work" && go mod download -json "$1@$2" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    cp -r "$from" "$copy"
    chmod -R u+w "$copy"
  fi
  echo "$copy"
}

go_verdicts() {
  python3 -c '
import json, sys
for line in sys.stdin:
    if line.startswith("{"):
        e = json.loads(line)
        if "Test" in e and e["Action"] in ("pass", "fail", "skip"):
            print(e["Action"], e["Package"] + "." + e["Test"].replace(" ", "_"))'
}

suite_pgx() {
  case $1 in
    absent) command -v go >/dev/null || { echo "no go"; return 1; } ;;
    bin) embedded_bin ;;
    run)
      local src dsn
      src=$(go_module github.com/jackc/pgx/v5 $pgx_version)
      to=$database direct_sql -c 'create extension hstore' -c 'create extension ltree' \
        -c 'create domain uint64 as numeric(20,0)'
      direct_sql -c "create user \" tricky, ' } \"\" \\\\ test user \" superuser password 'secret'" || true
      dsn="host=$PGHOST port=$PGPORT user=$PGUSER password=$PGPASSWORD dbname=$database sslmode=$PGSSLMODE"
      [ -z "${PGSSLROOTCERT:-}" ] || dsn="$dsn sslrootcert=$PGSSLROOTCERT"
      (cd "$src" && env -u PGHOST -u PGPORT -u PGUSER -u PGPASSWORD -u PGSSLMODE -u PGSSLROOTCERT \
        PGX_TEST_DATABASE="$dsn" PGX_TEST_TCP_CONN_STRING="$dsn" go test -json -count=1 -p 1 ./...) ;;
    verdicts) go_verdicts ;;
  esac
}

suite_libpq_go() {
  case $1 in
    absent) command -v go >/dev/null || { echo "no go"; return 1; } ;;
    bin) embedded_bin ;;
    run)
      local src
      src=$(go_module github.com/lib/pq $libpq_go_version)
      (cd "$src" && PGDATABASE=$database go test -json -count=1 -p 1 ./...) ;;
    verdicts) go_verdicts ;;
  esac
}

# --- psycopg2: the tests in its source package, the wheel beside them -----------------------------
suite_psycopg2() {
  case $1 in
    absent) python3 -c 'import venv' 2>/dev/null || { echo "no python3 with venv"; return 1; } ;;
    bin) embedded_bin ;;
    run)
      if [ ! -d "$work/psycopg2-tests" ]; then
        mkdir "$work/psycopg2-tests"
        python3 -m venv "$work/psycopg2-tests/venv"
        "$work/psycopg2-tests/venv/bin/pip" -q install "psycopg2-binary==$psycopg2_version"
        (cd "$work/psycopg2-tests" && venv/bin/pip -q download --no-deps \
          --no-binary :all: "psycopg2==$psycopg2_version" && tar xzf psycopg2-*.tar.gz \
          && mv psycopg2-*/tests tests)
      fi
      to=$database direct_sql -c 'create extension hstore'
      (cd "$work/psycopg2-tests" && PSYCOPG2_TESTDB=$database PYTHONUNBUFFERED=1 \
        timeout 1200 venv/bin/python -c \
        'import tests, unittest; unittest.main(module=tests, defaultTest="test_suite", verbosity=2)') ;;
    verdicts)
      sed -n -E \
        -e 's/^(test[A-Za-z0-9_]*) \(([A-Za-z0-9_.]*)\).*\.\.\. ok$/pass \2.\1/p' \
        -e 's/^(test[A-Za-z0-9_]*) \(([A-Za-z0-9_.]*)\).*\.\.\. (FAIL|ERROR)$/fail \2.\1/p' \
        -e 's/^(FAIL|ERROR): (test[A-Za-z0-9_]*) \(([A-Za-z0-9_.]*)\).*/fail \3.\2/p' \
        -e "s/^(test[A-Za-z0-9_]*) \(([A-Za-z0-9_.]*)\).*\.\.\. skipped .*/skip \2.\1/p" ;;
  esac
}

# --- PostgreSQL's own, from a built tree ----------------------------------------------------------
built_tree() {
  [ -n "${PG_BUILD:-}" ] && [ -n "${PG_BIN:-}" ] || { echo "PG_BUILD and PG_BIN are not set"; return 1; }
  [ -e "$PG_BUILD/$1" ] || { echo "there is no $PG_BUILD/$1"; return 1; }
}

# pg_regress of 15 prints "test NAME ... ok", later ones TAP.
regress_verdicts() {
  sed -n -E \
    -e 's/^ok [0-9]+ +[-+] ([a-z0-9_-]+) .*/pass \1/p' \
    -e 's/^not ok [0-9]+ +[-+] ([a-z0-9_-]+) .*/fail \1/p' \
    -e 's/^(test| )  *([a-z0-9_-]+) +\.\.\. ok .*/pass \2/p' \
    -e 's/^(test| )  *([a-z0-9_-]+) +\.\.\. FAILED.*/fail \2/p'
}

regress() { # PROGRAM DIRECTORY SCHEDULE
  local out=$work/regress-out-$PGPORT
  mkdir -p "$out/results"
  chmod 777 "$out/results" # The server writes there too.
  (cd "$PG_BUILD/$2" && "./$1" --inputdir=. --outputdir="$out" --dlpath="$PG_BUILD/src/test/regress" \
    --bindir="$PG_BIN" --host="$PGHOST" --port="$PGPORT" --user="$PGUSER" --dbname="$database" \
    --use-existing --max-concurrent-tests=20 --schedule="$3")
  cp "$out/regression.diffs" "$results/suites/$1-$PGPORT.diffs" 2>/dev/null || true
}

suite_pg_regress() {
  case $1 in
    absent) built_tree src/test/regress/pg_regress ;;
    bin) echo "$PG_BIN" ;;
    run) regress pg_regress src/test/regress ./parallel_schedule ;;
    verdicts) regress_verdicts ;;
  esac
}

suite_isolation() {
  case $1 in
    absent) built_tree src/test/isolation/pg_isolation_regress ;;
    bin) echo "$PG_BIN" ;;
    run) regress pg_isolation_regress src/test/isolation ./isolation_schedule ;;
    verdicts) regress_verdicts ;;
  esac
}

suite_libpq_pipeline() {
  case $1 in
    absent) built_tree src/test/modules/libpq_pipeline/libpq_pipeline ;;
    bin) echo "$PG_BIN" ;;
    run)
      local program=$PG_BUILD/src/test/modules/libpq_pipeline/libpq_pipeline test
      export LD_LIBRARY_PATH=$PG_BIN/../lib
      for test in $("$program" tests); do
        if timeout 120 "$program" -r 10000 "$test" "dbname=$database"; then
          echo "ok 1 - $test 0 ms"
        else
          echo "not ok 1 - $test 0 ms"
        fi
      done ;;
    verdicts) regress_verdicts ;;
  esac
}
