package dev.reveille.chaos.console;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.tools.Command.Outcome;
import dev.reveille.chaos.tools.Tools;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tools that make databases, unchanged, against the console. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleToolsTest {
  private static final int NEW_PROGRAMS = 17;

  private Boss boss;

  @BeforeAll
  void start() throws Exception {
    boss = Boss.start();
    boss.psql("shop", "create table item (name text); insert into item values ('bell')");
  }

  @AfterAll
  void stop() throws Exception {
    boss.close();
  }

  private String databases() {
    return boss.psql("postgres", "select string_agg(datname, ',' order by datname) from pg_database"
        + " where datname like 'shop%' or datname like 'made%'");
  }

  @Test
  void createdb_and_dropdb_make_and_drop_databases_that_psql_lists() {
    boss.program("createdb", "made").orThrow();
    Outcome twice = boss.program("createdb", "made");
    String listed = boss.program("psql", "-XAtl").orThrow().out();
    boss.program("createdb", "-T", "made", "-E", "UTF8", "made_branch").orThrow();
    assertThat(databases()).isEqualTo("made,made_branch,shop");
    boss.program("dropdb", "made_branch").orThrow();
    boss.program("dropdb", "made").orThrow();
    Outcome gone = boss.program("dropdb", "made");
    boss.program("dropdb", "--if-exists", "made").orThrow();

    assertThat(twice.err()).contains("database \"made\" already exists");
    assertThat(listed).contains("made|reveille_owner|UTF8", "shop|reveille_owner|UTF8");
    assertThat(gone.err()).contains("database \"made\" does not exist");
    assertThat(databases()).isEqualTo("shop");
  }

  @Test
  void a_branch_has_what_its_parent_has_and_keeps_its_own() {
    boss.psql("postgres", "CREATE DATABASE shop_try TEMPLATE shop");
    boss.psql("shop_try", "insert into item values ('gong')");

    assertThat(boss.psql("shop_try", "select count(*) from item")).isEqualTo("2");
    assertThat(boss.psql("shop", "select count(*) from item")).isEqualTo("1");
    assertThat(boss.psql("reveille", "select d.name, p.name from reveille.databases d"
        + " join reveille.databases p on p.id = d.parent_id where d.name like 'shop\\_t%'"))
        .isEqualTo("shop_try|shop");
    boss.psql("postgres", "DROP DATABASE shop_try WITH (FORCE)");
  }

  @Test
  void a_session_neither_drops_nor_renames_the_database_that_it_is_in() {
    Outcome dropped = boss.program("psql", "-Xqv", "VERBOSITY=verbose", "-d", "shop", "-c",
        "drop database shop with (force)");
    Outcome renamed = boss.program("psql", "-Xqv", "VERBOSITY=verbose", "-d", "shop", "-c",
        "alter database shop rename to made_market");

    assertThat(dropped.err()).contains("55006: cannot drop the currently open database");
    assertThat(renamed.err()).contains("0A000: current database cannot be renamed");
    assertThat(databases()).isEqualTo("shop");
  }

  @Test
  void a_dump_with_its_database_is_restored_through_the_console() {
    boss.psql("postgres", "create database shop_dumped");
    boss.psql("shop_dumped", "create table t (n int primary key); insert into t values (42)");
    String dump = boss
        .tool(Tools.pgProgram("pg_dump", NEW_PROGRAMS).toString(), "-C", "shop_dumped")
        .run()
        .orThrow()
        .out();
    boss.psql("postgres", "drop database shop_dumped with (force)");

    boss.tool(Tools.pgProgram("psql", NEW_PROGRAMS).toString(), "-Xq", "-v", "ON_ERROR_STOP=1",
        "-d",
        "postgres").input(dump).run().orThrow();

    assertThat(boss.psql("shop_dumped", "select n from t")).isEqualTo("42");
    boss.psql("postgres", "drop database shop_dumped with (force)");
  }

  @Test
  void the_templates_of_postgres_are_there_for_those_who_look() {
    assertThat(boss.psql("postgres", "select string_agg(datname || ' ' || datallowconn, ', '"
        + " order by datname) from pg_database where datistemplate"))
        .isEqualTo("template0 false, template1 false");
  }

  @Test
  void what_goes_through_all_databases_finds_only_those_that_can_be_entered() {
    Outcome vacuumed = boss.program("vacuumdb", "--all", "--analyze-only").orThrow();

    assertThat(vacuumed.out() + vacuumed.err()).contains("database \"shop\"")
        .doesNotContain("template1");
  }

  @Test
  void the_tables_are_those_of_a_real_postgres_that_may_only_be_read() throws Exception {
    try (Connection console = boss.at("reveille").connect();
        PreparedStatement byName = console
            .prepareStatement("SELECT state FROM databases WHERE name = ?");
        Statement statement = console.createStatement()) {
      byName.setString(1, "shop");
      try (ResultSet row = byName.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString(1)).isIn("awake", "asleep");
      }
      DatabaseMetaData meta = console.getMetaData();
      try (ResultSet tables = meta.getTables(null, "reveille", "pools", null)) {
        assertThat(tables.next()).isTrue();
      }
      for (String what : new String[]{"databases", "checkpoints", "credentials", "cells",
          "computes", "sessions", "budgets", "help", "pools", "clients", "servers", "stats",
          "version"}) {
        try (ResultSet rows = statement.executeQuery("SHOW " + what)) {
          assertThat(rows.getMetaData().getColumnCount()).as(what).isPositive();
        }
      }
      assertThatThrownBy(() -> statement.execute("DELETE FROM reveille.databases"))
          .isInstanceOfSatisfying(SQLException.class,
              refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
      assertThatThrownBy(() -> statement.execute("CREATE DATABASE shop"))
          .isInstanceOfSatisfying(SQLException.class,
              refused -> assertThat(refused.getSQLState()).isEqualTo("42P04"));
    }
  }

  @Test
  void nothing_of_a_secret_is_in_the_tables() {
    String all = boss.psql("reveille",
        "select string_agg(t::text, '') from reveille.credentials t");

    assertThat(all).contains("boss")
        .doesNotContain("SCRAM")
        .doesNotContain(boss.credential().secret());
  }

  @Test
  void who_may_not_manage_databases_is_told_so_and_starts_nothing() throws Exception {
    ConnectionString other = boss.reveille().create("made_other").with("sslmode", "disable");
    double started = boss.reveille().metric("reveille_starts_total");
    for (String name : new String[]{"reveille", "postgres"}) {
      assertThatThrownBy(() -> other.toDatabase(name).connect())
          .isInstanceOfSatisfying(SQLException.class,
              refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
    }

    assertThat(boss.reveille().metric("reveille_starts_total")).isEqualTo(started);
    boss.program("dropdb", "-f", "made_other").orThrow();
  }

  @Test
  void django_runs_its_tests_in_a_database_that_it_makes_and_drops() throws Exception {
    Outcome ran = boss.tool(Tools.pythonWithConsolePackages().toString(), "-m", "django", "test",
        "--noinput", "--settings=settings", "--pythonpath=.")
        .in(Boss.resource("django"))
        .with("PYTHONDONTWRITEBYTECODE", "1")
        .run()
        .orThrow();

    assertThat(ran.err()).contains("Ran 2 tests", "OK");
    assertThat(databases()).isEqualTo("shop");
  }

  @Test
  void sqlalchemy_utils_looks_creates_and_drops() throws Exception {
    boss.tool(Tools.pythonWithConsolePackages().toString(),
        Boss.resource("sqlalchemy_utils_databases.py").toString(),
        boss.at("made_utils").text().replace("postgresql:", "postgresql+psycopg:"))
        .run()
        .orThrow();
  }

  @Test
  void sequelize_creates_and_drops_its_database() throws Exception {
    Path modules = Tools.nodeConsolePackages();
    Path cli = modules.resolve("sequelize-cli/lib/sequelize");

    boss.tool(Tools.node().toString(), cli.toString(), "db:create")
        .with("NODE_PATH", modules.toString())
        .in(Boss.resource("sequelize"))
        .run()
        .orThrow();
    String made = boss.psql("postgres",
        "select datname from pg_database where datname like 'seq%'");
    boss.tool(Tools.node().toString(), cli.toString(), "db:drop")
        .with("NODE_PATH", modules.toString())
        .in(Boss.resource("sequelize"))
        .run()
        .orThrow();

    assertThat(made).isEqualTo("sequelize_development");
  }
}
