package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.Refusals.sqlState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Ways out of a scope that need one line. Each is tried twice: on a Postgres as initdb leaves it, where
 * a reader has been made with a control that looks right, and there it succeeds; and here.
 */
class PrivilegeEscapesTest {
  private static final String REFUSED = "42501";
  private static final String ALLOWED = "allowed";

  private static StockPostgres stock;
  private static LocalCell cell;
  private static LocalCell.Named database;
  private static final Map<String, Login> LOGINS = new ConcurrentHashMap<>();

  /** A way out, and what of a stock Postgres lets it succeed. */
  record Escape(String control, String statement) {
    @Override
    public String toString() {
      return control + ": " + statement;
    }
  }

  @BeforeAll
  static void open() throws Exception {
    stock = StockPostgres.start();
    try (AdminConnection admin = stock.connect("postgres", "postgres")) {
      admin.execute("""
          CREATE ROLE shared LOGIN; CREATE ROLE agent LOGIN; CREATE ROLE writing NOLOGIN;
          GRANT pg_read_all_data TO agent; GRANT writing TO shared;
          CREATE TABLE t(n int); GRANT ALL ON t TO writing, agent;
          ALTER ROLE agent SET default_transaction_read_only = on;
          ALTER ROLE agent SET statement_timeout = '1s';
          ALTER ROLE shared SET role = 'writing';
          CREATE FUNCTION f() RETURNS bigint LANGUAGE sql SECURITY DEFINER
            AS 'INSERT INTO t VALUES (1) RETURNING 1::bigint';
          CREATE ROLE other LOGIN; CREATE ROLE careless LOGIN CREATEROLE CREATEDB""");
    }
    cell = LocalCell.create(settings -> settings);
    database = cell.create("shop");
    for (Mode mode : Mode.values()) {
      for (String name : List.of("a_" + mode.word(), "b_" + mode.word())) {
        LOGINS.put(name, await(cell.provider()
            .login(database.route(), database.compute(),
                new LoginRole(name, mode, new ObjectScope.All(), 1, 5))));
      }
    }
    try (AdminConnection owner = here("a_ddl")) {
      owner.execute("""
          CREATE TABLE t(n int); CREATE SEQUENCE s; CREATE VIEW v AS SELECT n FROM t;
          CREATE MATERIALIZED VIEW m AS SELECT n FROM t;
          INSERT INTO t VALUES (1);
          CREATE FUNCTION f() RETURNS bigint LANGUAGE sql SECURITY DEFINER
            AS 'INSERT INTO t VALUES (1) RETURNING 1::bigint';
          CREATE PROCEDURE p() LANGUAGE sql SECURITY DEFINER AS 'INSERT INTO t VALUES (1)'""");
    }
  }

  @AfterAll
  static void close() throws Exception {
    stock.close();
    await(database.compute().stop());
    cell.close();
  }

  private static AdminConnection here(String role) throws IOException {
    Login login = LOGINS.get(role);
    return AdminConnection.open(NamedCompute.socket(database.compute()), role, "shop",
        login == null ? Map.of() : login.settings(), Duration.ofSeconds(20));
  }

  private static String as(String role, String statement) throws IOException {
    try (AdminConnection connection = here(role)) {
      return sqlState(connection, statement);
    }
  }

  /** What becomes of the last of the queries, which a tilde divides. */
  private static String inTurn(AdminConnection connection, Escape escape) throws IOException {
    String outcome = "";
    for (String query : escape.statement().split("~", -1)) {
      outcome = sqlState(connection, query);
    }
    return outcome;
  }

  static List<Escape> escapes() {
    return List.of(
        new Escape("read only by a setting",
            "SET default_transaction_read_only = off ~ INSERT INTO t VALUES (1)"),
        new Escape("read only by a setting", "BEGIN READ WRITE; INSERT INTO t VALUES (1); COMMIT"),
        new Escape("read only by a wrapping transaction",
            "BEGIN READ ONLY; COMMIT; BEGIN READ WRITE; INSERT INTO t VALUES (1); COMMIT"),
        new Escape("read only by a wrapping transaction",
            "BEGIN READ ONLY; SET TRANSACTION READ WRITE; INSERT INTO t VALUES (1); COMMIT"),
        new Escape("read only by a setting",
            "SET default_transaction_read_only = off ~ SELECT f()"),
        new Escape("only SELECT", "BEGIN READ WRITE; CREATE TEMP TABLE x(n int); COMMIT"),
        new Escape("only SELECT", "BEGIN READ WRITE; SELECT lo_from_bytea(0, 'x'); COMMIT"),
        new Escape("only SELECT", "BEGIN READ WRITE; SELECT lo_create(0); COMMIT"),
        new Escape("only SELECT", "BEGIN READ WRITE; SELECT lo_creat(-1); COMMIT"),
        new Escape("only SELECT",
            "SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000))"));
  }

  @ParameterizedTest
  @MethodSource("escapes")
  void aReaderCannotWrite(Escape escape) throws Exception {
    try (AdminConnection agent = stock.connect("agent", "postgres")) {
      assertThat(inTurn(agent, escape)).as("without protection").isEqualTo(ALLOWED);
    }
    try (AdminConnection reader = here("a_ro")) {
      assertThat(inTurn(reader, escape)).isEqualTo(REFUSED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RESET ROLE; SET ROLE writing; INSERT INTO t VALUES (1)",
      "SELECT set_config('role', 'writing', false); INSERT INTO t VALUES (1)",
      "DO $$ BEGIN SET ROLE writing; INSERT INTO t VALUES (1); END $$"})
  void noGroupIsTakenOn(String statement) throws Exception {
    try (AdminConnection shared = stock.connect("shared", "postgres")) {
      shared.execute("SET ROLE none");
      assertThat(sqlState(shared, statement)).as("without protection").isEqualTo(ALLOWED);
    }
    for (String role : List.of("reveille_owner", "reveille_admin", "pg_write_all_data", "a_ddl",
        "b_ro", "reveille_writers", "pg_execute_server_program", "pg_read_server_files")) {
      assertThat(as("a_ro", statement.replace("writing", role))).as(role).isEqualTo(REFUSED);
    }
  }

  @Test
  void nobodyBecomesAnotherByDiscardingEverything() throws Exception {
    for (String role : List.of("a_ro", "a_rw")) {
      try (AdminConnection connection = here(role)) {
        connection.execute("DISCARD ALL");
        assertThat(connection.query("SELECT session_user, current_user"))
            .containsExactly(List.of(role, role));
        assertThat(sqlState(connection, "SET SESSION AUTHORIZATION a_ddl")).isEqualTo(REFUSED);
      }
    }
  }

  @Test
  void theOtherDatabaseOfTheComputeIsClosed() throws Exception {
    String other = "postgres";
    assertThatCode(() -> stock.connect("agent", other).close()).as("without protection")
        .doesNotThrowAnyException();
    for (String role : LOGINS.keySet()) {
      assertThatCode(() -> AdminConnection.open(NamedCompute.socket(database.compute()), role,
          other, Duration.ofSeconds(20)).close()).hasMessageContaining(REFUSED);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      UPDATE t SET n = 1
      DELETE FROM t
      WITH w AS (INSERT INTO t VALUES (2) RETURNING n) SELECT n FROM w
      COPY t FROM STDIN
      TRUNCATE t
      SELECT n FROM t FOR UPDATE
      SELECT n FROM t FOR KEY SHARE
      BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE
      BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE
      SELECT nextval('s')
      SELECT setval('s', 9)
      UPDATE v SET n = 2
      CALL p()
      SELECT f()
      MERGE INTO t USING (SELECT 1 AS n) AS m ON true WHEN MATCHED THEN DELETE
      EXPLAIN ANALYZE INSERT INTO t VALUES (3)
      PREPARE w AS INSERT INTO t VALUES (4); EXECUTE w
      DO $$ BEGIN INSERT INTO t VALUES (5); END $$
      CREATE TABLE x(n int)
      CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'
      CREATE FUNCTION pg_temp.x() RETURNS int LANGUAGE sql AS 'SELECT 1'
      CREATE SCHEMA x
      CREATE EXTENSION citext
      COMMENT ON TABLE t IS 'x'
      ALTER DEFAULT PRIVILEGES FOR ROLE reveille_owner GRANT ALL ON TABLES TO a_ro
      REASSIGN OWNED BY reveille_owner TO a_ro
      DROP OWNED BY reveille_owner
      REFRESH MATERIALIZED VIEW m
      CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION f()
      CREATE PUBLICATION x
      CREATE POLICY x ON t
      NOTIFY x; CREATE STATISTICS x ON n, n FROM t
      SECURITY LABEL ON TABLE t IS 'x'
      """)
  void aReaderReadsAndThatIsAll(String statement) throws Exception {
    assertThat(as("a_ro", statement)).isIn(REFUSED, "01007", "0A000", "22023");
    try (AdminConnection owner = here("a_ddl")) {
      assertThat(owner.query("SELECT n FROM t")).containsExactly(List.of("1"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"COPY (SELECT 1) TO PROGRAM 'true'", "COPY t FROM PROGRAM 'true'",
      "COPY (SELECT 1) TO '/tmp/x'", "SELECT pg_read_file('PG_VERSION')",
      "SELECT pg_read_binary_file('PG_VERSION')", "SELECT pg_ls_dir('.')",
      "SELECT pg_stat_file('PG_VERSION')", "SELECT lo_import('/etc/hostname')",
      "SELECT lo_export(1, '/tmp/x')", "SELECT pg_ls_waldir()", "SELECT pg_ls_logdir()",
      "SELECT pg_reload_conf()", "SELECT pg_rotate_logfile()", "SELECT pg_switch_wal()",
      "SELECT pg_create_restore_point('x')", "SELECT pg_backup_start('x')",
      "SELECT pg_create_physical_replication_slot('x')", "SELECT pg_stat_reset()",
      "SELECT pg_promote()", "SELECT pg_export_snapshot(), pg_current_logfile()",
      "ALTER SYSTEM SET fsync = off", "SET session_preload_libraries = 'x'",
      "SET dynamic_library_path = '/tmp'", "LOAD '/tmp/x.so'", "SET log_statement = 'all'",
      "SET session_replication_role = replica", "SET zero_damaged_pages = on",
      "CREATE EXTENSION file_fdw", "CREATE EXTENSION dblink", "CREATE EXTENSION postgres_fdw",
      "CREATE EXTENSION adminpack", "CREATE EXTENSION pageinspect", "CREATE EXTENSION plpython3u",
      "CREATE LANGUAGE plperlu",
      "CREATE FUNCTION x() RETURNS int LANGUAGE c AS 'libc', 'system'",
      "CREATE FUNCTION x(cstring) RETURNS int LANGUAGE internal AS 'pg_ls_dir'",
      "CREATE SUBSCRIPTION x CONNECTION 'host=/tmp' PUBLICATION x", "CREATE ROLE x",
      "CREATE DATABASE x", "CREATE TABLESPACE x LOCATION '/tmp'",
      "CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION f()",
      "ALTER ROLE CURRENT_USER SUPERUSER", "ALTER ROLE SESSION_USER CONNECTION LIMIT 100",
      "ALTER ROLE b_ro LOGIN", "ALTER ROLE b_ro PASSWORD 'x'", "ALTER ROLE b_ro SET role = none",
      "ALTER ROLE ALL SET search_path = x", "DROP ROLE b_ro", "GRANT b_ro TO a_ro",
      "GRANT reveille_admin TO a_ddl", "SET ROLE reveille_admin", "SET ROLE b_ddl",
      "SET SESSION AUTHORIZATION b_ddl", "ALTER DATABASE postgres SET search_path = x",
      "ALTER FUNCTION pg_catalog.lower(text) OWNER TO reveille_owner",
      "UPDATE pg_catalog.pg_authid SET rolsuper = true",
      "COMMENT ON ROLE reveille_owner IS 'x'", "CREATE TABLE pg_catalog.x(n int)",
      "DROP EVENT TRIGGER reveille_callable_routines"})
  void nobodyLeavesTheDatabase(String statement) throws Exception {
    for (String role : List.of("a_ro", "a_rw", "a_ddl")) {
      String refused = as(role, statement);
      assertThat(refused).as(role).isNotEqualTo(ALLOWED);
      // Not in these programs at all, or refused for its form first: no way out either.
      assertThat(refused).as(role).isIn(REFUSED, "0A000", "58P01", "42883", "42704", "55000");
    }
    try (AdminConnection admin = here(RoleNames.ADMIN)) {
      assertThat(admin.query("SELECT rolname FROM pg_roles WHERE rolsuper"))
          .containsExactly(List.of(RoleNames.ADMIN));
    }
  }

  @Test
  void aReaderGivesNothingAway() throws Exception {
    // Postgres warns that nothing was granted, and calls it a success.
    assertThat(as("a_ro", "GRANT ALL ON t TO PUBLIC; GRANT ALL ON t TO a_ro")).isEqualTo(ALLOWED);

    try (AdminConnection admin = here(RoleNames.ADMIN)) {
      assertThat(admin.query("SELECT a.grantee FROM pg_class c, aclexplode(c.relacl) a"
          + " WHERE c.relname = 't' AND a.grantee <> c.relowner")).isEmpty();
    }
    assertThat(as("a_ro", "INSERT INTO t VALUES (1)")).isEqualTo(REFUSED);
  }

  @Test
  void aPasswordOfItsOwnOpensNoOtherDoor() throws Exception {
    assertThat(as("b_ro", "ALTER ROLE b_ro PASSWORD 'mine'")).isEqualTo(ALLOWED);

    try (AdminConnection admin = here(RoleNames.ADMIN)) {
      assertThat(admin.query("SELECT DISTINCT type, address FROM pg_hba_file_rules"))
          .allSatisfy(rule -> assertThat(rule.getFirst()).isEqualTo("local"));
      assertThat(admin.query("SHOW listen_addresses")).containsExactly(List.of(""));
      assertThat(admin.query("SHOW unix_socket_permissions")).containsExactly(List.of("0700"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a_ro", "a_rw"})
  void theSessionsOfOthersAreNeitherEndedNorRead(String role) throws Exception {
    try (AdminConnection other = here("b_ro");
        AdminConnection stockOther = stock
            .connect("careless", "postgres")) {
      other.execute("SELECT 'secret of b_ro'");
      stockOther.execute("SELECT 'secret of careless'");
      String pid = "(SELECT max(pid) FROM pg_stat_activity WHERE usename = 'b_ro')";
      assertThat(as(role, "SELECT pg_terminate_backend(" + pid + ")")).isEqualTo(REFUSED);
      assertThat(as(role, "SELECT pg_cancel_backend(" + pid + ")")).isEqualTo(REFUSED);
      try (AdminConnection curious = here(role)) {
        assertThat(curious.query("SELECT query FROM pg_stat_activity WHERE usename = 'b_ro'"))
            .containsOnly(List.of("<insufficient privilege>"));
      }
      try (AdminConnection shared = stock.connect("careless", "postgres")) {
        assertThat(shared.query("SELECT query FROM pg_stat_activity WHERE usename = 'careless'"
            + " AND pid <> pg_backend_pid()")).as("one login for several")
            .contains(List.of("SELECT 'secret of careless'"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NOTIFY x, 'y'", "SELECT pg_advisory_lock(1)",
      "SELECT count(*) FROM pg_class", "SELECT count(*) FROM pg_roles",
      "SELECT prosrc FROM pg_proc WHERE proname = 'f'", "BEGIN; LOCK TABLE t IN ACCESS SHARE MODE",
      "SET statement_timeout = 0", "SET client_connection_check_interval = 0",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'a_ro'"
          + " AND pid <> pg_backend_pid()",
      "SELECT count(*) FROM generate_series(1, 1000)",
      "SELECT rolpassword FROM pg_authid", "DO $$ BEGIN NULL; END $$",
      "ALTER ROLE CURRENT_USER SET search_path = public"})
  void stillPossibleForAReader(String statement) throws Exception {
    assertThat(as("a_ro", statement)).isEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE", "SELECT setval('s', 9)",
      "BEGIN; SELECT n FROM t FOR UPDATE; ROLLBACK", "COPY t TO STDOUT"})
  void stillPossibleForAWriter(String statement) throws Exception {
    assertThat(as("a_rw", statement)).isEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GRANT EXECUTE ON FUNCTION f() TO reveille_writers",
      "GRANT TEMP ON DATABASE shop TO reveille_writers; REVOKE TEMP ON DATABASE shop"
          + " FROM reveille_writers",
      "SELECT query FROM pg_stat_activity", "ALTER DATABASE shop SET timezone = 'UTC'",
      "CREATE EXTENSION IF NOT EXISTS pgcrypto"})
  void stillPossibleForAnOwner(String statement) throws Exception {
    assertThat(as("b_ddl", statement)).isEqualTo(ALLOWED);
  }

  /** Trusted extensions may be created by an owner. None of those that are there leads out. */
  @Test
  void theTrustedExtensionsOfTheProgramsAreKnown() throws Exception {
    try (AdminConnection admin = here(RoleNames.ADMIN)) {
      assertThat(
          admin.query("SELECT DISTINCT name FROM pg_available_extension_versions WHERE trusted")
              .stream()
              .map(row -> String.valueOf(row.getFirst())))
          .isSubsetOf("bool_plperl", "btree_gin",
              "btree_gist", "citext", "cube", "dict_int", "fuzzystrmatch", "hstore", "intarray",
              "isn", "jsonb_plperl", "lo", "ltree", "pg_trgm", "pgcrypto", "plperl", "plpgsql",
              "pltcl", "seg", "tablefunc", "tcn", "tsm_system_rows", "tsm_system_time", "unaccent",
              "uuid-ossp");
    }
  }
}
