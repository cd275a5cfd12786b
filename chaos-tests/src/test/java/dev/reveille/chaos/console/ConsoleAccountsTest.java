package dev.reveille.chaos.console;

import dev.reveille.chaos.harness.BarePostgres;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.Products;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Two accounts on one proxy: what the console shows and does is one's own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleAccountsTest {
  private static final String COMMON = "common";
  /** As many as are a burden to read with every statement. */
  private static final int MANY = 12_000;

  private final Started started = new Started();
  private BarePostgres catalog;
  private RunningReveille reveille;
  private Console left;
  private Console right;

  /** A credential of an account, in its console. What is its alone has its name in it. */
  private record Console(String name, ConnectionString url, Connection connection,
      Statement statement) implements AutoCloseable {
    void say(String sql) throws SQLException {
      statement.execute(sql);
    }

    List<String> rows(String sql) throws SQLException {
      List<String> rows = new ArrayList<>();
      try (ResultSet answer = statement.executeQuery(sql)) {
        while (answer.next()) {
          rows.add(answer.getString(1));
        }
      }
      return rows;
    }

    /** Every row of every table of the console, as text, by the table. */
    Map<String, List<String>> everything() throws SQLException {
      Map<String, List<String>> all = new LinkedHashMap<>();
      List<String> tables = rows("SELECT 'reveille.' || quote_ident(relname) FROM pg_class"
          + " WHERE relnamespace = 'reveille'::regnamespace AND relkind = 'r'");
      tables.add("pg_database");
      for (String table : tables) {
        all.put(table, rows("SELECT t::text FROM " + table + " t"));
      }
      return all;
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    catalog = started.add(BarePostgres.start());
    Path secret = Files.writeString(directory.resolve("secret"), BarePostgres.SECRET);
    reveille = started.add(Products.start(Products.SMALL + """
        catalog:
          url: jdbc:postgresql://127.0.0.1:%d/postgres?sslmode=disable
          user: %s
          password-file: %s
        tls:
          plaintext: true
        """.formatted(catalog.port(), BarePostgres.SUPERUSER, secret)));
    ConnectionString first = credential(reveille, "one");
    ConnectionString second = credential(reveille, "two");
    catalog("INSERT INTO reveille.accounts (name) VALUES ('righty_account')",
        "UPDATE reveille.credentials SET account_id ="
            + " (SELECT id FROM reveille.accounts WHERE name = 'righty_account')"
            + " WHERE name = 'two'");
    left = started.add(console("lefty", first));
    right = started.add(console("righty", second));
    for (Console one : List.of(left, right)) {
      one.say("CREATE DATABASE " + one.name + "_own");
      one.say("CREATE DATABASE " + COMMON);
      one.say("CHECKPOINT " + one.name + "_own AS " + one.name + "_kept");
      one.say("CHECKPOINT " + COMMON + " AS kept");
    }
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  private void catalog(String... all) throws SQLException {
    try (Connection connection = catalog.connect(); Statement sql = connection.createStatement()) {
      for (String one : all) {
        sql.execute(one);
      }
    }
  }

  private static ConnectionString credential(RunningReveille reveille, String name) {
    return ConnectionString
        .parse(reveille.run("credential", "create", "--all-databases", "--mode", "ddl", "--for",
            "app", "--name", name, "--allow", "manage_databases"))
        .with("sslmode", "disable")
        .without("sslrootcert");
  }

  private static Console console(String name, ConnectionString url) throws SQLException {
    Connection connection = url.toDatabase("reveille").connect();
    return new Console(name, url, connection, connection.createStatement());
  }

  private static String id(Console of, String database) throws SQLException {
    return of.rows("SELECT id FROM reveille.databases WHERE name = '" + database + "'").getFirst();
  }

  /** First: the names that the others ask for in vain are in the asker's own events afterwards. */
  @Test
  @Order(1)
  void each_sees_in_every_table_what_is_its_own_and_nothing_else() throws Exception {
    for (Console one : List.of(left, right)) {
      Console other = one.equals(left) ? right : left;
      String foreign = id(other, COMMON);
      try (Connection session = other.url.toDatabase(other.name + "_own").connect()) {
        Map<String, List<String>> all = one.everything();

        assertThat(session.isValid(10)).isTrue();
        assertThat(all).hasSizeGreaterThan(15);
        all.forEach((table, rows) -> assertThat(String.join("\n", rows)).as(table)
            .doesNotContain(other.name)
            .doesNotContain(foreign));
        assertThat(all.get("pg_database")).filteredOn(row -> row.contains(COMMON)).hasSize(1);
        assertThat(all.get("reveille.databases")).hasSize(2);
        assertThat(all.get("reveille.checkpoints")).hasSize(2);
        assertThat(all.get("reveille.credentials")).hasSize(1);
        assertThat(one.rows("SELECT sum(databases) FROM reveille.cells")).containsExactly("2");
      }
    }
  }

  @Test
  void a_command_on_the_name_of_another_finds_nothing() throws Exception {
    String foreign = right.name + "_own";
    for (String command : List.of("DROP DATABASE %s", "DROP DATABASE %s WITH (FORCE)",
        "ALTER DATABASE %s RENAME TO mine", "ALTER DATABASE %s SET (ttl = '1 h')",
        "CREATE DATABASE mine TEMPLATE %s", "CHECKPOINT %s AS mine", "SUSPEND %s", "WAKE %s",
        "RESTORE DATABASE %s FROM righty_kept")) {
      refused(command.formatted(foreign), "3D000");
    }
    refused("DROP CHECKPOINT " + foreign + "@righty_kept", "42704");
    refused("CREATE DATABASE mine TEMPLATE \"" + foreign + "@righty_kept\"", "42704");
    refused("RESTORE DATABASE " + COMMON + " FROM righty_kept", "42704");

    left.say("DROP DATABASE IF EXISTS " + foreign);
    assertThat(right.rows("SELECT name FROM databases ORDER BY 1"))
        .containsExactly(COMMON, foreign);
    assertThatThrownBy(() -> left.url.toDatabase(foreign).connect())
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getSQLState()).isEqualTo("3D000"));
  }

  private void refused(String command, String state) {
    assertThatThrownBy(() -> left.say(command)).as(command)
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getSQLState()).as(command).isEqualTo(state));
  }

  @Test
  void one_name_in_both_accounts_is_two_databases() throws Exception {
    for (Console one : List.of(left, right)) {
      try (Connection session = one.url.toDatabase(COMMON).connect();
          Statement sql = session.createStatement()) {
        sql.execute("CREATE TABLE whose AS SELECT '" + one.name + "' AS name");
      }
    }
    left.say("CREATE DATABASE twin TEMPLATE " + COMMON);
    right.say("CREATE DATABASE twin");
    right.say("DROP DATABASE twin");

    try (Connection session = left.url.toDatabase("twin").connect();
        Statement sql = session.createStatement();
        ResultSet row = sql.executeQuery("SELECT name FROM whose")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("lefty");
    }
    assertThat(id(left, COMMON)).isNotEqualTo(id(right, COMMON));
    left.say("DROP DATABASE twin WITH (FORCE)");
  }

  /** Of the left one's account; nobody will connect to them. The first is the oldest. */
  private void generate(int databases) throws SQLException {
    catalog("INSERT INTO reveille.databases (account_id, name, state, cell_id, storage_id,"
        + " created_at) SELECT a.id, 'gen_' || n, 'ready', c.id, gen_random_uuid(),"
        + " now() - interval '20 h' + n * interval '1 s' FROM reveille.accounts a,"
        + " (SELECT min(id) AS id FROM reveille.cells) c, generate_series(1, " + databases
        + ") n WHERE a.name = 'default'");
  }

  /** In the catalog, but not in its stream of changes. */
  private void secretly(String change) throws SQLException {
    catalog("SET session_replication_role = replica", change);
  }

  private void isThere(String... names) throws SQLException {
    for (String name : names) {
      assertThat(left.rows("SELECT datname FROM pg_database WHERE datname = '" + name + "'"))
          .containsExactly(name);
      assertThat(left.rows("SELECT name FROM databases WHERE name = '" + name + "'"))
          .containsExactly(name);
    }
  }

  private void isGone(String... names) throws SQLException {
    for (String name : names) {
      assertThat(left.rows("SELECT datname FROM pg_database WHERE datname = '" + name + "'"))
          .isEmpty();
      assertThat(left.rows("SELECT name FROM databases WHERE name = '" + name + "'")).isEmpty();
    }
  }

  /** The last one: an account of the test has many databases afterwards. */
  @Test
  @Order(Integer.MAX_VALUE)
  void however_many_databases_there_are_each_is_found_and_is_read_once() throws Exception {
    reveille.run("account", "set", "default", "--limit", "live-databases=" + 2 * MANY);
    generate(MANY);
    assertThat(left.rows("SELECT count(*) FROM pg_database WHERE datname LIKE 'gen%'"))
        .containsExactly(Integer.toString(MANY));
    assertThat(left.rows("SELECT count(*) FROM databases WHERE name LIKE 'gen%'"))
        .containsExactly(Integer.toString(MANY));
    isThere("gen_1", "gen_" + MANY);
    assertThat(right.rows("SELECT count(*) FROM pg_database WHERE datname LIKE 'gen%'"))
        .containsExactly("0");

    secretly("UPDATE reveille.databases SET name = 'unseen' WHERE name = 'gen_7'");
    reveille.create("gen_http");
    isThere("gen_7", "gen_http");
    isGone("unseen");
    catalog("UPDATE reveille.databases SET created_by = 'x' WHERE name = 'unseen'");
    isThere("unseen");
    isGone("gen_7");

    String oid = left.rows("SELECT oid FROM pg_database WHERE datname = 'gen_1'").getFirst();
    left.say("ALTER DATABASE gen_1 RENAME TO gen_first");
    assertThat(left.rows("SELECT oid FROM pg_database WHERE datname = 'gen_first'"))
        .containsExactly(oid);
    left.say("DROP DATABASE gen_2");
    reveille.control("drop", "gen_http");
    isGone("gen_1", "gen_2", "gen_http");
  }

  @Test
  @Order(Integer.MAX_VALUE - 1)
  void what_others_change_in_the_catalog_is_seen_by_the_next_statement() throws Exception {
    generate(3);
    String one = id(left, "gen_1");
    String two = id(left, "gen_2");
    catalog("BEGIN; UPDATE reveille.databases SET name = 'between' WHERE name = 'gen_1';"
        + " UPDATE reveille.databases SET name = 'gen_1' WHERE name = 'gen_2';"
        + " UPDATE reveille.databases SET name = 'gen_2' WHERE name = 'between'; COMMIT");
    assertThat(id(left, "gen_1")).isEqualTo(two);
    assertThat(id(left, "gen_2")).isEqualTo(one);
    isThere("gen_1", "gen_2");
    catalog("INSERT INTO reveille.database_use SELECT id, now() FROM reveille.databases"
        + " WHERE name = 'gen_3'");
    assertThat(
        left.rows("SELECT name FROM databases WHERE used_at IS NOT NULL AND name LIKE 'gen%'"))
        .containsExactly("gen_3");

    String parent = "SELECT parent FROM databases WHERE name = 'gen_2'";
    catalog("UPDATE reveille.databases SET parent_name = 'gen_0', parent_id = '" + two
        + "' WHERE name = 'gen_2'");
    assertThat(left.rows(parent)).containsExactly("gen_1");
    catalog("UPDATE reveille.databases SET name = 'gen_4' WHERE name = 'gen_1'");
    assertThat(left.rows(parent)).containsExactly("gen_4");
    catalog("UPDATE reveille.databases SET state = 'dropping' WHERE name = 'gen_4'");
    assertThat(left.rows(parent)).containsExactly("gen_0");
    catalog("DELETE FROM reveille.databases WHERE name LIKE 'gen%'");
    isGone("gen_1", "gen_2", "gen_3", "gen_4");
  }
}
