package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.SqlFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EndedRolesTest {
  private static LocalCell cell;
  private static LocalCell.Named database;

  @BeforeAll
  static void open() throws Exception {
    cell = LocalCell.create(settings -> settings);
    database = cell.create("shop");
  }

  @AfterAll
  static void close() throws Exception {
    await(database.compute().stop());
    cell.close();
  }

  private static void logIn(String name, Mode mode) {
    await(cell.provider()
        .login(database.route(), database.compute(),
            new LoginRole(name, mode, new ObjectScope.All(), 1, 5)));
  }

  private static void end(String... names) {
    await(cell.provider().endRoles(database.route(), database.compute(), Set.of(names)));
  }

  private static AdminConnection connect(String role) throws IOException {
    return AdminConnection.open(NamedCompute.socket(database.compute()), role, "shop",
        Duration.ofSeconds(20));
  }

  private static List<?> admin(String sql) throws IOException {
    return sql(database.compute(), RoleNames.ADMIN, "shop", sql);
  }

  @Test
  void whatAnEndedRoleMadeAsItselfBelongsToTheOwnerThen() throws Exception {
    logIn("a_gone", Mode.DDL);
    sql(database.compute(), "a_gone", "shop", """
        SET ROLE none;
        CREATE TABLE kept AS SELECT 42 AS n;
        CREATE SCHEMA rooms; CREATE VIEW rooms.v AS SELECT n FROM public.kept;
        CREATE FUNCTION fn() RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE TYPE colour AS ENUM ('red');
        SELECT lo_from_bytea(0, 'x');
        ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO reveille_agents;
        GRANT SELECT ON kept TO reveille_agents;
        ALTER ROLE a_gone SET search_path = rooms""");

    end("a_gone");

    assertThat(admin("SELECT FROM pg_roles WHERE rolname = 'a_gone'")).isEmpty();
    assertThat(sql(database.compute(), "a_ddl", "shop", "SELECT n FROM kept, rooms.v LIMIT 1"
        .replace("n FROM", "kept.n FROM"))).containsExactly(List.of("42"));
    assertThat(admin(
        """
            SELECT DISTINCT pg_get_userbyid(o) FROM (SELECT relowner FROM pg_class WHERE relname = 'kept'
              UNION ALL SELECT nspowner FROM pg_namespace WHERE nspname = 'rooms'
              UNION ALL SELECT proowner FROM pg_proc WHERE proname = 'fn'
              UNION ALL SELECT lomowner FROM pg_largeobject_metadata) AS owners(o)"""))
        .isEqualTo(List.of(List.of("reveille_owner")));
  }

  @Test
  void itsSessionsEndAndNoneBeginsAnew() throws Exception {
    logIn("a_busy", Mode.RO);
    try (AdminConnection busy = connect("a_busy")) {
      busy.execute("BEGIN");

      end("a_busy");

      assertThatThrownBy(() -> busy.query("SELECT 1")).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> connect("a_busy")).isInstanceOf(SqlFailedException.class);
  }

  @Test
  void oneThatCannotBeDroppedStaysWithoutALogin() throws Exception {
    logIn("a_stuck", Mode.RO);
    logIn("a_loose", Mode.RO);
    sql(database.compute(), RoleNames.ADMIN, "postgres",
        "CREATE TABLE elsewhere(n int); ALTER TABLE elsewhere OWNER TO a_stuck");

    assertThatThrownBy(() -> end("a_loose", "a_stuck"))
        .hasCauseInstanceOf(ComputeFailedException.class);

    assertThat(admin("SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname IN ('a_stuck',"
        + " 'a_loose')")).isEqualTo(List.of(List.of("a_stuck", "f")));
    assertThatThrownBy(() -> connect("a_stuck")).isInstanceOfSatisfying(SqlFailedException.class,
        e -> assertThat(e.sqlState()).isEqualTo("28000"));
    sql(database.compute(), RoleNames.ADMIN, "postgres", "DROP TABLE elsewhere");
  }

  @Test
  void aRoleOfTheSameNameIsMadeAfreshLater() throws Exception {
    logIn("a_again", Mode.DDL);
    end("a_again");
    logIn("a_again", Mode.RO);

    assertThat(Refusals.sqlState(connect("a_again"), "CREATE TABLE x(n int)")).isEqualTo("42501");
  }

  @Test
  void whatIsNotARoleOfACredentialIsLeftAlone() throws Exception {
    end("a_never", RoleNames.OWNER, RoleNames.ADMIN, "pg_monitor");

    assertThat(admin("SELECT count(*) FROM pg_roles WHERE rolname IN ('reveille_owner',"
        + " 'reveille_admin', 'pg_monitor')")).isEqualTo(List.of(List.of("3")));
  }

  @Test
  void whatAnOwnerMadeAsItselfIsHandedOverWhileItLives() throws Exception {
    logIn("a_self", Mode.DDL);
    sql(database.compute(), "a_self", "shop", "SET ROLE none; CREATE TABLE of_self(n int)");

    assertThat(await(cell.provider().roles(database.route(), database.compute(), true)))
        .contains("a_self", "a_ddl");

    assertThat(admin("SELECT tableowner FROM pg_tables WHERE tablename = 'of_self'"))
        .isEqualTo(List.of(List.of("reveille_owner")));
  }

  @Test
  void anOwnerThatBecomesAReaderOwnsNothingAnyMore() throws Exception {
    logIn("a_demoted", Mode.DDL);
    sql(database.compute(), "a_demoted", "shop",
        "SET ROLE none; CREATE TABLE mine AS SELECT 1 AS n");
    try (AdminConnection before = connect("a_demoted")) {
      await(cell.provider()
          .login(database.route(), database.compute(),
              new LoginRole("a_demoted", Mode.RO, new ObjectScope.All(), 2, 5)));

      assertThatThrownBy(() -> before.query("DROP TABLE mine")).isInstanceOf(IOException.class);
    }
    try (AdminConnection reader = connect("a_demoted")) {
      assertThat(reader.query("SELECT n FROM mine")).containsExactly(List.of("1"));
      assertThat(Refusals.sqlState(reader, "DROP TABLE mine")).isEqualTo("42501");
      assertThat(Refusals.sqlState(reader, "SET ROLE reveille_owner")).isEqualTo("42501");
    }
  }
}
