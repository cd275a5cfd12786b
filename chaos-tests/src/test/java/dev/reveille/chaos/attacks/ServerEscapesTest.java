package dev.reveille.chaos.attacks;

import dev.reveille.chaos.attacks.Escape.Outcome;
import dev.reveille.chaos.harness.BarePostgres;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.Products;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.reveille.chaos.attacks.Escape.done;
import static dev.reveille.chaos.attacks.Escape.seen;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ways out of the database and into the machine, the server, or other agents' sessions: tried with
 * every mode, the widest first. The control is what agents are often handed: the superuser's login.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerEscapesTest {
  private final Started started = new Started();
  private BarePostgres bare;
  private RunningReveille reveille;
  private Map<String, ConnectionString> agents;

  @BeforeAll
  void start() throws Exception {
    bare = started.add(BarePostgres.start());
    reveille = started.add(Products.start(Products.SMALL));
    ConnectionString ddl = reveille.create("shop");
    agents = Map.of("ddl", ddl, "rw", credential("rw"), "ro", credential("ro"));
  }

  private ConnectionString credential(String mode) {
    return ConnectionString.parse(
        reveille.run("credential", "create", "--database", "shop", "--mode", mode));
  }

  private ConnectionString agent(String mode) {
    return Objects.requireNonNull(agents.get(mode));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  private static Stream<Escape> intoTheServer() {
    return Stream.of(
        done("COPY TO PROGRAM", "copy (select 1) to program 'cat > /dev/null'"),
        done("COPY FROM PROGRAM", "create temporary table t (line text)",
            "copy t from program 'echo out'"),
        done("COPY TO a file", "copy (select 1) to '/dev/null'"),
        done("pg_read_file", "select pg_read_file('postmaster.pid')"),
        done("pg_read_binary_file", "select pg_read_binary_file('PG_VERSION')"),
        done("pg_ls_dir", "select pg_ls_dir('.')"),
        done("pg_stat_file", "select pg_stat_file('PG_VERSION')"),
        done("lo_import", "select lo_import('/etc/hostname')"),
        done("lo_export", "select lo_from_bytea(4242, 'x')", "select lo_export(4242, '/dev/null')"),
        done("ALTER SYSTEM", "alter system set work_mem = '8MB'"),
        done("pg_reload_conf", "select pg_reload_conf()"),
        done("CREATE DATABASE", "create database stowaway"),
        done("CREATE ROLE", "create role stowaway superuser"),
        done("ALTER ROLE self SUPERUSER", "alter role current_user superuser"),
        done("GRANT of a dangerous role",
            "grant pg_execute_server_program, pg_read_server_files to current_user"),
        done("an untrusted language's function in C",
            "create function stow() returns int language c as 'libc', 'getpid'",
            "create function stow() returns int language c as '$libdir/plpgsql',"
                + " 'plpgsql_call_handler'"),
        done("LOAD of any library", "load '$libdir/plpgsql'; load 'plpgsql'"),
        done("session_preload_libraries", "set session_preload_libraries = 'plpgsql'"),
        done("CREATE SUBSCRIPTION",
            "create subscription s connection 'host=127.0.0.1 dbname=x' publication p"
                + " with (connect = false)"),
        done("writing the system catalogs",
            "set allow_system_table_mods = on",
            "update pg_catalog.pg_database set datconnlimit = -1 where false"),
        done("CREATE TABLESPACE", "set allow_in_place_tablespaces = on",
            "create tablespace t location ''"),
        done("an event trigger",
            "create function ev() returns event_trigger language plpgsql as"
                + " $$ begin end $$",
            "create event trigger e on ddl_command_start execute function ev()"),
        done("replication slots", "select pg_create_physical_replication_slot('leak')"),
        seen("reading stored verifiers",
            "select count(*) > 0 from pg_authid where rolpassword is not null",
            "select rolpassword from pg_authid"),
        done("SET SESSION AUTHORIZATION of the superuser",
            "set session authorization reveille_admin",
            "set session authorization postgres"));
  }

  @ParameterizedTest
  @MethodSource("intoTheServer")
  void no_mode_reaches_what_the_superuser_reaches(Escape escape) throws Exception {
    try (Connection admin = simple(bare.url())) {
      Outcome control = escape.tried(admin, admin);
      assertThat(control.succeeded()).as("control: " + escape + " " + control.states()).isTrue();
      cleanUp(admin);
    }
    for (var agent : agents.entrySet()) {
      try (Connection connection = simple(agent.getValue())) {
        Outcome outcome = escape.tried(connection, connection);
        assertThat(outcome.succeeded())
            .as(agent.getKey() + ": " + escape + " " + outcome.states())
            .isFalse();
      }
    }
  }

  /** The extensions with which data leaves by the network or through files. */
  @Test
  void extensions_that_reach_outside_cannot_be_made() throws Exception {
    for (var agent : agents.entrySet()) {
      try (Connection connection = simple(agent.getValue())) {
        for (String extension : List.of("dblink", "postgres_fdw", "file_fdw", "adminpack",
            "plpython3u", "plperlu", "pltclu", "pageinspect", "pg_walinspect")) {
          Outcome outcome = done(extension, "create extension " + extension)
              .tried(connection, connection);
          assertThat(outcome.succeeded()).as(agent.getKey() + " " + extension).isFalse();
        }
      }
    }
    try (Connection admin = simple(bare.url())) {
      int had = 0;
      for (String extension : List.of("dblink", "postgres_fdw", "file_fdw")) {
        had += done(extension, "create extension " + extension).tried(admin, admin).succeeded()
            ? 1
            : 0;
      }
      assertThat(had).as("control: the superuser's Postgres has some of them").isPositive();
    }
  }

  @Test
  void sessions_of_other_agents_are_neither_seen_into_nor_ended() throws Exception {
    String victims = "select pid from pg_stat_activity where application_name = 'victim'";
    for (var agent : agents.entrySet()) {
      for (var other : agents.entrySet()) {
        if (agent.getKey().equals(other.getKey())) {
          continue;
        }
        try (Connection victim = simple(other.getValue().with("ApplicationName", "victim"));
            Connection attacker = simple(agent.getValue())) {
          run(victim, "select 'the secret of the victim'");
          String names = agent.getKey() + " against " + other.getKey();
          for (String attack : List.of("pg_cancel_backend", "pg_terminate_backend")) {
            assertThat(done(attack, "select " + attack + "(pid) from pg_stat_activity where usename"
                + " = '" + other.getValue().user() + "'").tried(attacker, attacker).states())
                .as(names + " " + attack + " of "
                    + texts(attacker, "select current_user || ' ' || usename || ' ' || pid"
                        + " from pg_stat_activity where usename is not null"))
                .containsExactly("42501");
          }
          assertThat(texts(attacker, "select query from pg_stat_activity where usename = '"
              + other.getValue().user() + "'")).as(names)
              .isNotEmpty()
              .noneMatch(text -> text.contains("secret"));
          assertThat(victim.isValid(5)).as(names).isTrue();
        }
      }
    }
    try (Connection victim = simple(bare.url().with("ApplicationName", "victim"));
        Connection attacker = simple(bare.url())) {
      run(victim, "select 'the secret of the victim'");
      assertThat(texts(attacker, victims.replace("pid", "query")))
          .anyMatch(text -> text.contains("secret"));
      assertThat(done("end it", victims.replace("pid from", "pg_terminate_backend(pid) from"))
          .tried(attacker, attacker)
          .succeeded()).isTrue();
      assertThat(victim.isValid(5)).as("control: a shared login's session is ended").isFalse();
    }
  }

  @Test
  void a_writer_changes_no_schema() throws Exception {
    List<Escape> changes = List.of(
        done("CREATE TABLE", "create table mine (id int)"),
        done("CREATE SCHEMA", "create schema mine"),
        done("CREATE FUNCTION", "create function f() returns int language sql as 'select 1'"),
        seen("ALTER TABLE", "select false", "alter table goods add column extra int"),
        seen("DROP TABLE", "select to_regclass('goods') is null", "drop table goods"),
        done("TRUNCATE", "truncate goods"),
        done("CREATE INDEX", "create index on goods (id)"),
        done("CREATE TRIGGER", "create trigger t after insert on goods for each row execute"
            + " function suppress_redundant_updates_trigger()"),
        seen("GRANT", "select exists (select from information_schema.role_table_grants"
            + " where grantee = 'PUBLIC' and table_name = 'goods')",
            "grant all on goods to public"),
        done("COMMENT", "comment on table goods is 'mine'"),
        done("ALTER DEFAULT PRIVILEGES",
            "alter default privileges for role reveille_owner grant all on tables to public"));
    try (Connection ddl = simple(agent("ddl"));
        Connection writer = simple(agent("rw"))) {
      run(ddl, "create table if not exists goods (id int)");
      run(writer, "insert into goods values (1)");
      for (Escape change : changes) {
        Outcome outcome = change.tried(writer, ddl);
        assertThat(outcome.succeeded()).as(change.name()).isFalse();
      }
      run(ddl, "alter table goods add column control int; truncate goods");
    }
  }

  private static List<String> texts(Connection as, String sql) throws SQLException {
    try (Statement statement = as.createStatement(); ResultSet row = statement.executeQuery(sql)) {
      List<String> texts = new ArrayList<>();
      while (row.next()) {
        texts.add(String.valueOf(row.getString(1)));
      }
      return texts;
    }
  }

  private static void cleanUp(Connection admin) throws SQLException {
    try (ResultSet row = admin.createStatement()
        .executeQuery("select 1 from pg_subscription")) {
      if (row.next()) {
        run(admin, "alter subscription s set (slot_name = none)");
        run(admin, "drop subscription s");
      }
    }
    for (String sql : List.of("drop database if exists stowaway", "drop role if exists stowaway",
        "drop event trigger if exists e",
        "drop function if exists stow()", "drop function if exists ev()",
        "drop table if exists t", "drop tablespace if exists t",
        "alter system reset all", "reset session authorization")) {
      run(admin, sql);
    }
    run(admin, "select pg_drop_replication_slot(slot_name) from pg_replication_slots");
  }

  private static Connection simple(ConnectionString to) throws SQLException {
    return to.connect("preferQueryMode", "simple");
  }

  private static void run(Connection as, String sql) throws SQLException {
    try (Statement statement = as.createStatement()) {
      statement.execute(sql);
    }
  }
}
