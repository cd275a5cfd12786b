package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.SqlFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static dev.reveille.compute.local.Refusals.sqlState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StorageHardeningTest {
  private static final String REFUSED = "42501";
  private static LocalCell cell;
  private static LocalCell.Named database;

  @BeforeAll
  static void open() throws Exception {
    cell = LocalCell.create(settings -> settings);
    database = cell.create("shop");
    for (Mode mode : List.of(Mode.RO, Mode.RW)) {
      await(cell.provider()
          .login(database.route(), database.compute(),
              new LoginRole("a_" + mode.word(), mode, new ObjectScope.All(), 1, 0)));
    }
    sql(database.compute(), "a_ddl", "shop", """
        CREATE TABLE t(n int);
        CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'""");
  }

  @AfterAll
  static void close() throws Exception {
    await(database.compute().stop());
    cell.close();
  }

  private static AdminConnection connect(String role) throws IOException {
    return AdminConnection.open(NamedCompute.socket(database.compute()), role, "shop",
        Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CREATE TEMP TABLE x(n int)", "CREATE TABLE x(n int)",
      "INSERT INTO t VALUES (1)", "SELECT f()", "SELECT lo_from_bytea(0, 'x')",
      "SELECT lo_create(0)", "SELECT lo_creat(-1)", "SELECT lo_open(1, 1)",
      "SET ROLE reveille_owner", "SET ROLE reveille_admin",
      "SET SESSION AUTHORIZATION reveille_admin", "ALTER ROLE a_ro SUPERUSER",
      "ALTER ROLE a_ro CONNECTION LIMIT 100", "ALTER SYSTEM SET fsync = off",
      "COPY t TO PROGRAM 'true'", "SELECT pg_read_file('PG_VERSION')", "CREATE DATABASE x",
      "CREATE ROLE x"})
  void aReaderIsRefused(String sql) throws Exception {
    try (AdminConnection reader = connect("a_ro")) {
      assertThat(sqlState(reader, sql)).isEqualTo(REFUSED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CREATE TABLE x(n int)", "DROP TABLE t", "TRUNCATE t", "SELECT f()",
      "SET ROLE reveille_owner", "CREATE EXTENSION citext"})
  void aWriterIsRefused(String sql) throws Exception {
    try (AdminConnection writer = connect("a_rw")) {
      assertThat(sqlState(writer, sql)).isEqualTo(REFUSED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CREATE TEMP TABLE x(n int)", "SELECT lo_from_bytea(0, 'x')",
      "SELECT f()", "CREATE SCHEMA s", "CREATE EXTENSION hstore",
      "CREATE TABLE x(n int); DROP TABLE x"})
  void anOwnerMay(String sql) throws Exception {
    try (AdminConnection owner = connect("a_ddl")) {
      assertThat(sqlState(owner, sql)).isEqualTo("allowed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CREATE ROLE x", "CREATE DATABASE x", "ALTER SYSTEM SET fsync = off",
      "COPY t TO PROGRAM 'true'", "SET ROLE reveille_admin", "GRANT reveille_admin TO a_ddl",
      "ALTER ROLE a_ro LOGIN", "CREATE EXTENSION file_fdw"})
  void anOwnerIsRefused(String sql) throws Exception {
    try (AdminConnection owner = connect("a_ddl")) {
      assertThat(sqlState(owner, sql)).isEqualTo(REFUSED);
    }
  }

  @Test
  void theOtherDatabaseIsClosedToAgents() {
    for (String role : List.of("a_ro", "a_rw", "a_ddl")) {
      assertThatThrownBy(() -> sql(database.compute(), role, "postgres", "SELECT 1"))
          .isInstanceOfSatisfying(SqlFailedException.class,
              e -> assertThat(e.sqlState()).isEqualTo(REFUSED));
    }
  }

  @Test
  void aStorageHoldsNoFilesOfPostgresOwnTemplates() throws Exception {
    assertThat(sql(database.compute(), RoleNames.ADMIN, "postgres",
        "SELECT datname FROM pg_database ORDER BY datname"))
        .containsExactly(List.of("postgres"), List.of("shop"));
  }

  @Test
  void noSettingIsTradedAgainstDurability() throws Exception {
    assertThat(sql(database.compute(), RoleNames.ADMIN, "postgres", """
        SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes',
          'synchronous_commit', 'data_checksums', 'autovacuum', 'wal_level') ORDER BY name"""))
        .containsExactly(List.of("autovacuum", "on"), List.of("data_checksums", "on"),
            List.of("fsync", "on"), List.of("full_page_writes", "on"),
            List.of("synchronous_commit", "on"), List.of("wal_level", "replica"));
  }

  @Test
  void itListensOnItsPrivateSocketOnly() throws Exception {
    assertThat(sql(database.compute(), RoleNames.ADMIN, "postgres", """
        SELECT current_setting('listen_addresses'), current_setting('unix_socket_permissions')"""))
        .containsExactly(List.of("", "0700"));
    assertThat(java.nio.file.Files
        .getPosixFilePermissions(NamedCompute.socket(database.compute()).getParent()))
        .hasSize(3);
  }

  @Test
  void textIsUtf8AndSortedTheSameWayEverywhere() throws Exception {
    assertThat(sql(database.compute(), "a_ddl", "shop", """
        SELECT current_setting('server_encoding'), upper('é'), 'B' < 'a'"""))
        .containsExactly(List.of("UTF8", "É", "t"));
  }

  @Test
  void aRoleChangesWithItsVersion() throws Exception {
    LoginRole once = new LoginRole("a_changing", Mode.DDL, new ObjectScope.All(), 1, 0);
    await(cell.provider().login(database.route(), database.compute(), once));
    await(cell.provider()
        .login(database.route(), database.compute(),
            new LoginRole("a_changing", Mode.RO, new ObjectScope.All(), 2, 3)));

    try (AdminConnection reader = connect("a_changing")) {
      assertThat(reader.query("SELECT current_user")).containsExactly(List.of("a_changing"));
      assertThat(sqlState(reader, "CREATE TABLE x(n int)")).isEqualTo(REFUSED);
    }
    assertThat(sql(database.compute(), RoleNames.ADMIN, "postgres",
        "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'a_changing'"))
        .containsExactly(List.of("3"));
  }
}
