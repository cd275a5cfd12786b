package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.compute.Levers;
import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.RunningCompute;
import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static dev.reveille.compute.local.Refusals.sqlState;
import static org.assertj.core.api.Assertions.assertThat;

/** What was changed in a storage, by hand or by an earlier version, is made right before a login. */
class HealedStorageTest {
  private static final String REFUSED = "42501";
  private LocalCell cell;
  private LocalCell.Named first;
  private RunningCompute compute;

  @BeforeEach
  void open() throws Exception {
    cell = LocalCell.create(settings -> settings);
    first = cell.create("shop");
    compute = first.compute();
  }

  @AfterEach
  void close() throws Exception {
    await(compute.stop());
    cell.close();
  }

  private void restart() {
    await(compute.stop());
    compute = await(cell.provider().start(first.route()));
  }

  private Login logIn(LoginRole role) {
    return await(cell.provider().login(first.route(), compute, role));
  }

  private static LoginRole reader() {
    return new LoginRole("a_ro", Mode.RO, new ObjectScope.All(), 1, 5);
  }

  private AdminConnection connect(Login login) throws IOException {
    return AdminConnection.open(NamedCompute.socket(compute), login.role(), login.databaseName(),
        login.settings(), Duration.ofSeconds(20));
  }

  @Test
  void aStorageOfAnEarlierVersionIsHardenedBeforeTheFirstLogin() throws Exception {
    sql(compute, "a_ddl", "shop",
        "CREATE EXTENSION citext; CREATE FUNCTION mine() RETURNS int LANGUAGE sql SECURITY DEFINER"
            + " AS 'SELECT 1'; CREATE FUNCTION open_to_all() RETURNS int LANGUAGE sql AS 'SELECT 1';"
            + "REVOKE EXECUTE ON FUNCTION open_to_all() FROM PUBLIC");
    // Inside of a storage of today there is none.
    sql(compute, RoleNames.ADMIN, "postgres", "CREATE DATABASE template1 TEMPLATE postgres");
    sql(compute, RoleNames.ADMIN, "shop", """
        GRANT EXECUTE ON FUNCTION lo_create(oid), mine() TO PUBLIC;
        ALTER DEFAULT PRIVILEGES FOR ROLE reveille_owner GRANT EXECUTE ON ROUTINES TO PUBLIC;
        GRANT ALL ON DATABASE shop, postgres, template1 TO PUBLIC;
        ALTER EXTENSION plpgsql DROP EVENT TRIGGER reveille_callable_routines;
        DROP EVENT TRIGGER reveille_callable_routines;
        ALTER EXTENSION plpgsql DROP FUNCTION pg_catalog.reveille_callable_routines();
        DROP FUNCTION pg_catalog.reveille_callable_routines();
        ALTER ROLE reveille_agents LOGIN CREATEROLE;
        DROP OWNED BY reveille_readers, reveille_writers; DROP ROLE reveille_readers;
        DROP ROLE reveille_writers;
        COMMENT ON ROLE reveille_owner IS NULL""");
    restart();

    Login login = logIn(reader());

    try (AdminConnection reader = connect(login)) {
      for (String statement : List.of("SELECT lo_create(0)", "SELECT mine()",
          "CREATE TEMP TABLE x(n int)", "CREATE ROLE x")) {
        assertThat(sqlState(reader, statement)).as(statement).isEqualTo(REFUSED);
      }
      assertThat(reader.query("SELECT 'A'::citext = 'a', open_to_all()"))
          .containsExactly(List.of("t", "1"));
    }
    sql(compute, "a_ddl", "shop",
        "CREATE FUNCTION later() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'");
    try (AdminConnection reader = connect(login)) {
      assertThat(sqlState(reader, "SELECT later()")).isEqualTo(REFUSED);
    }
    assertThat(sql(compute, RoleNames.ADMIN, "postgres", """
        SELECT rolcanlogin, rolcreaterole FROM pg_roles WHERE rolname = 'reveille_agents'
          UNION SELECT pg_has_role('reveille_writers', 'pg_write_all_data', 'USAGE'),
            has_database_privilege('a_ro', 'template1', 'CONNECT')"""))
        .containsExactlyInAnyOrder(List.of("f", "f"), List.of("t", "f"));
  }

  @Test
  void aRoleThatWasChangedByHandIsItselfAgainOnTheNextCompute() throws Exception {
    logIn(reader());
    sql(compute, RoleNames.ADMIN, "postgres",
        "ALTER ROLE a_ro CREATEDB CREATEROLE CONNECTION LIMIT -1 PASSWORD 'x';"
            + "GRANT reveille_owner TO a_ro WITH ADMIN OPTION; GRANT pg_monitor TO a_ro");
    restart();

    Login login = logIn(reader());

    try (AdminConnection reader = connect(login)) {
      assertThat(sqlState(reader, "CREATE ROLE x")).isEqualTo(REFUSED);
      assertThat(sqlState(reader, "CREATE TABLE x(n int)")).isEqualTo(REFUSED);
    }
    assertThat(sql(compute, RoleNames.ADMIN, "postgres",
        """
            SELECT rolcreatedb, rolconnlimit, rolpassword IS NULL, (SELECT string_agg(roleid::regrole::text,
              ',' ORDER BY roleid::regrole::text) FROM pg_auth_members WHERE member = a.oid)
            FROM pg_authid a WHERE rolname = 'a_ro'"""))
        .containsExactly(List.of("f", "5", "t", "reveille_agents,reveille_readers"));
  }

  @Test
  void aRoleThatCannotLogInIsLetInAgain() throws Exception {
    logIn(reader());
    sql(compute, RoleNames.ADMIN, "postgres",
        "ALTER ROLE a_ro NOLOGIN VALID UNTIL '2001-01-01'; REVOKE reveille_agents FROM a_ro");
    restart();

    try (AdminConnection reader = connect(logIn(reader()))) {
      assertThat(reader.query("SELECT 1")).containsExactly(List.of("1"));
    }
  }

  @Test
  void whatARoleHasStoredForItselfDecidesNothing() throws Exception {
    LoginRole owner = LocalCell.ddl();
    sql(compute, "a_ddl", "shop", """
        SET ROLE none;
        ALTER ROLE a_ddl SET search_path = somewhere;
        ALTER ROLE a_ddl SET local_preload_libraries = 'nothing_of_the_kind';
        ALTER ROLE a_ddl IN DATABASE shop SET role = 'reveille_agents';
        ALTER ROLE a_ddl RESET role""");

    try (AdminConnection next = connect(logIn(owner))) {
      assertThat(next.query("SELECT current_user, current_setting('search_path')"))
          .containsExactly(List.of("reveille_owner", "somewhere"));
    }
    restart();
    try (AdminConnection next = connect(logIn(owner))) {
      assertThat(next.query("SELECT current_user, current_setting('search_path')"))
          .containsExactly(List.of("reveille_owner", "somewhere"));
    }
    assertThat(sql(compute, RoleNames.ADMIN, "postgres", """
        SELECT split_part(c, '=', 1) FROM pg_db_role_setting s, unnest(setconfig) c
        WHERE s.setrole = 'a_ddl'::regrole ORDER BY 1"""))
        .containsExactly(List.of("role"), List.of("search_path"));
    assertThat(Levers.NAMES).contains("role", "local_preload_libraries");
  }

  @Test
  void theOwnerOfADatabaseCannotTurnItsSettingsAgainstTheAdministrator() throws Exception {
    sql(compute, "a_ddl", "shop", """
        CREATE SCHEMA trap;
        CREATE FUNCTION trap.spring() RETURNS text LANGUAGE plpgsql AS $$
          BEGIN ALTER ROLE a_ddl SUPERUSER; RETURN ''; END $$;
        CREATE FUNCTION trap.lower(text) RETURNS text LANGUAGE sql AS 'SELECT trap.spring()';
        CREATE FUNCTION trap.format(text, VARIADIC text[]) RETURNS text LANGUAGE sql
          AS 'SELECT trap.spring()';
        CREATE FUNCTION trap.is_same(text, text) RETURNS boolean LANGUAGE sql
          AS 'SELECT trap.spring() = '''' ';
        CREATE FUNCTION trap.is_same(name, text) RETURNS boolean LANGUAGE sql
          AS 'SELECT trap.spring() = '''' ';
        CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.is_same);
        CREATE OPERATOR trap.= (LEFTARG = name, RIGHTARG = text, FUNCTION = trap.is_same);
        CREATE VIEW trap.pg_roles AS SELECT trap.spring() AS rolname;
        ALTER DATABASE shop SET search_path = trap, pg_catalog;
        ALTER DATABASE shop SET role = reveille_owner;
        ALTER DATABASE shop SET statement_timeout = 1;
        ALTER DATABASE shop SET default_transaction_read_only = on;
        ALTER DATABASE shop SET local_preload_libraries = 'nothing_of_the_kind';
        ALTER DATABASE shop SET transaction_timeout = 1""");
    restart();

    logIn(LocalCell.ddl());
    Login login = logIn(reader());
    await(cell.provider().roles(first.route(), compute, true));

    assertThat(login.settings()).containsEntry("role", "none");
    assertThat(sql(compute, RoleNames.ADMIN, "postgres",
        "SELECT rolsuper FROM pg_roles WHERE rolname = 'a_ddl'"))
        .containsExactly(List.of("f"));
  }
}
