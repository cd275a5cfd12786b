package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.admin.AdminConnection;
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

class CallableRoutinesTest {
  private static final String REFUSED = "42501";
  private static final String ALLOWED = "allowed";
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
  }

  @AfterAll
  static void close() throws Exception {
    await(database.compute().stop());
    cell.close();
  }

  private static void owner(String sql) throws IOException {
    sql(database.compute(), "a_ddl", "shop", sql);
  }

  private static String as(String role, String sql) throws IOException {
    try (AdminConnection connection = AdminConnection
        .open(NamedCompute.socket(database.compute()), role, "shop", Duration.ofSeconds(20))) {
      return sqlState(connection, sql);
    }
  }

  @Test
  void aFunctionWithItsCallersRightsIsCallableAsInStockPostgres() throws Exception {
    owner("""
        CREATE SCHEMA app;
        CREATE FUNCTION app."Odd name"(a int DEFAULT 1, VARIADIC b text[] DEFAULT '{}') RETURNS int
          LANGUAGE sql AS 'SELECT a';
        CREATE PROCEDURE nothing() LANGUAGE sql AS 'SELECT 1';
        CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
        DO $$ BEGIN CREATE FUNCTION from_a_block() RETURNS int LANGUAGE sql AS 'SELECT 1'; END $$;
        CREATE FUNCTION positive(n int) RETURNS bool LANGUAGE sql AS 'SELECT n > 0';
        CREATE TABLE checked(n int CHECK (positive(n)));
        CREATE VIEW checks AS SELECT positive(n) FROM checked""");

    assertThat(as("a_rw", "INSERT INTO checked VALUES (1)")).isEqualTo(ALLOWED);
    for (String role : List.of("a_rw", "a_ro")) {
      assertThat(as(role, "SELECT app.\"Odd name\"(), total(1), from_a_block()"))
          .isEqualTo(ALLOWED);
      assertThat(as(role, "CALL nothing()")).isEqualTo(ALLOWED);
      assertThat(as(role, "SELECT * FROM checks")).isEqualTo(ALLOWED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "CREATE FUNCTION d() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
      "CREATE FUNCTION d() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
          + "ALTER FUNCTION d() SECURITY DEFINER",
      "CREATE FUNCTION d() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
          + "ALTER ROUTINE d() SECURITY DEFINER",
      "CREATE FUNCTION d() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
          + "CREATE OR REPLACE FUNCTION d() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 2'",
      "SET ROLE NONE; CREATE FUNCTION d() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"})
  void aFunctionWithItsOwnersRightsIsClosed(String making) throws Exception {
    owner("GRANT CREATE ON SCHEMA public TO a_ddl");
    owner(making);

    assertThat(as("a_ro", "SELECT d()")).isEqualTo(REFUSED);
    assertThat(as("a_rw", "SELECT d()")).isEqualTo(REFUSED);
    owner("RESET ROLE; DROP FUNCTION d()");
  }

  @Test
  void anOwnerOpensAndClosesFunctionsByName() throws Exception {
    owner("""
        CREATE FUNCTION lent() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
        GRANT EXECUTE ON FUNCTION lent() TO reveille_agents;
        CREATE FUNCTION kept() RETURNS int LANGUAGE sql AS 'SELECT 1';
        REVOKE EXECUTE ON FUNCTION kept() FROM PUBLIC""");

    assertThat(as("a_ro", "SELECT lent()")).isEqualTo(ALLOWED);
    assertThat(as("a_ro", "SELECT kept()")).isEqualTo(REFUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DROP EVENT TRIGGER reveille_callable_routines",
      "ALTER EVENT TRIGGER reveille_callable_routines DISABLE",
      "ALTER EXTENSION plpgsql DROP EVENT TRIGGER reveille_callable_routines",
      "DROP EXTENSION plpgsql CASCADE", "SET event_triggers = off",
      "SET session_replication_role = replica",
      "CREATE OR REPLACE FUNCTION pg_catalog.reveille_callable_routines() RETURNS event_trigger"
          + " LANGUAGE plpgsql AS 'BEGIN END'"})
  void anOwnerCannotTakeTheGuardAway(String sql) throws Exception {
    assertThat(as("a_ddl", sql)).isEqualTo(REFUSED);
  }
}
