package dev.reveille.chaos.attacks;

import dev.reveille.chaos.attacks.Escape.Outcome;
import dev.reveille.chaos.harness.BarePostgres;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.Products;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A reader who wants to write. Each escape is tried twice: on a Postgres whose "read-only agent" is
 * made in the usual ways (a role with settings, SET ROLE on a shared login), where it succeeds, and
 * with an {@code ro} credential, where it does not. Figures of what holds: docs/security.md.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReaderEscapesTest {
  private static final String SCHEMA = """
      create table public.secrets (id int primary key, body text);
      insert into public.secrets values (1, 'kept');
      create function public.wipe() returns void language sql security definer
        as $$ insert into public.secrets values (coalesce((select max(id) from public.secrets), 0) + 1,
          'wiped') $$;
      create sequence public.numbers;
      create view public.window as select * from public.secrets;
      """;
  private static final String WRITTEN = "select count(*) > 1 from public.secrets";
  private static final String INSERT = "insert into public.secrets values (99, 'mine')";

  private final Started started = new Started();
  private BarePostgres bare;
  private RunningReveille reveille;
  private ConnectionString owner;
  private ConnectionString reader;

  @BeforeAll
  void start() throws Exception {
    bare = started.add(BarePostgres.start());
    try (Connection admin = bare.connect()) {
      run(admin, SCHEMA);
      run(admin, """
          create role writer nologin; grant all on all tables in schema public to writer;
          grant all on all sequences in schema public to writer;
          create role limited login password 'pw' in role writer;
          alter role limited set default_transaction_read_only = on;
          create role reading nologin; grant select on all tables in schema public to reading;
          create role shared login password 'pw' in role writer, reading;
          create role reads login password 'pw' in role pg_read_all_data""");
    }
    reveille = started.add(Products.start(Products.SMALL));
    owner = reveille.create("shop");
    try (Connection ddl = simple(owner)) {
      run(ddl, SCHEMA);
    }
    reader = ConnectionString.parse(
        reveille.run("credential", "create", "--database", "shop", "--mode", "ro"));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  /** What is done against a role that has only its settings to hold it. */
  private static Stream<Escape> aroundSettings() {
    return Stream.of(
        seen("SET default_transaction_read_only", WRITTEN,
            "set default_transaction_read_only = off", INSERT),
        seen("set_config", WRITTEN,
            "select set_config('default_transaction_read_only', 'off', false)", INSERT),
        seen("BEGIN READ WRITE", WRITTEN, "begin read write; " + INSERT + "; commit"),
        seen("SET TRANSACTION as the first statement", WRITTEN,
            "begin; set transaction read write; " + INSERT + "; commit"),
        seen("COMMIT out of a wrapping BEGIN READ ONLY", WRITTEN,
            "begin read only; commit; begin read write; " + INSERT + "; commit"),
        seen("DO", WRITTEN, "set transaction_read_only = off",
            "begin read write; do $$ begin insert into public.secrets values (98, 'do'); end $$;"
                + " commit"),
        seen("UPDATE in a CTE", "select count(*) > 0 from public.secrets where body = 'cte'",
            "begin read write; with w as (update public.secrets set body = 'cte' returning id)"
                + " select * from w; commit"),
        seen("TRUNCATE", "select count(*) = 0 from public.secrets",
            "begin read write; truncate public.secrets; commit"),
        seen("COPY FROM a query's file-free form", WRITTEN,
            "begin read write; insert into public.secrets select 97, 'x'; commit"),
        seen("INSERT through a view", WRITTEN,
            "begin read write; insert into public.window values (96, 'view'); commit"),
        done("nextval", "begin read write; select nextval('public.numbers'); commit"),
        done("SELECT FOR UPDATE",
            "begin read write; select * from public.secrets for update; commit"));
  }

  /** What is done against a shared login that was told to SET ROLE. */
  private static Stream<Escape> outOfTheRole() {
    return Stream.of(
        seen("RESET ROLE", WRITTEN, "reset role", INSERT),
        seen("SET ROLE none", WRITTEN, "set role none", INSERT),
        seen("SET ROLE to another", WRITTEN, "set role writer",
            "set role reveille_owner", INSERT),
        seen("set_config of role", WRITTEN, "select set_config('role', 'none', false)", INSERT),
        seen("DISCARD ALL", WRITTEN, "discard all", INSERT),
        seen("SET SESSION AUTHORIZATION", WRITTEN, "set session authorization default",
            "reset session authorization; reset role", INSERT),
        seen("RESET ROLE in DO", WRITTEN,
            "do $$ begin execute 'reset role'; insert into public.secrets values (95, 'do');"
                + " end $$"));
  }

  /** What PUBLIC may do in a stock Postgres. */
  private static Stream<Escape> throughPublic() {
    return Stream.of(
        seen("a SECURITY DEFINER function of the owner", WRITTEN, "select public.wipe()"),
        done("temporary tables", "create temporary table t as select 1"),
        done("SELECT INTO a temporary table", "select 1 into temporary s"),
        seen("large objects by lo_from_bytea",
            "select count(*) > 0 from pg_largeobject_metadata",
            "select lo_from_bytea(0, 'exfiltrated')"),
        seen("large objects by lo_create", "select count(*) > 0 from pg_largeobject_metadata",
            "select lo_create(0)"),
        done("connecting a function to its body",
            "do $$ begin perform public.wipe(); end $$"));
  }

  @ParameterizedTest
  @MethodSource("aroundSettings")
  void settings_hold_nobody_and_the_role_does(Escape escape) throws Exception {
    succeedsOnBare(escape, "limited");
    failsHere(escape);
  }

  @ParameterizedTest
  @MethodSource("outOfTheRole")
  void a_shared_login_is_left_in_one_line_and_an_own_one_cannot_be(Escape escape)
      throws Exception {
    succeedsOnBare(escape, "shared");
    failsHere(escape);
  }

  @ParameterizedTest
  @MethodSource("throughPublic")
  void what_public_may_do_elsewhere_is_refused_here(Escape escape) throws Exception {
    succeedsOnBare(escape, "reads");
    failsHere(escape);
  }

  @Test
  void options_of_the_connection_string_open_a_role_with_settings_and_not_this_one()
      throws Exception {
    for (String options : List.of("-c default_transaction_read_only=off",
        "--default-transaction-read-only=off")) {
      try (Connection agent = simple(as("limited").with("options", options));
          Connection admin = bare.connect()) {
        assertThat(seen("options", WRITTEN, INSERT).tried(agent, admin).succeeded()).isTrue();
        restore(admin);
      }
      try (Connection agent = simple(reader.with("options", options));
          Connection admin = simple(owner)) {
        Outcome outcome = seen("options", WRITTEN, INSERT).tried(agent, admin);
        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.states()).containsExactly("42501");
      }
    }
  }

  @Test
  void a_function_made_later_is_not_everyones() throws Exception {
    String later = """
        create or replace function public.later() returns void language sql security definer
          as $$ insert into public.secrets values (94, 'later') $$""";
    try (Connection admin = bare.connect(); Connection agent = simple(as("reads"))) {
      run(admin, later);
      assertThat(seen("later", WRITTEN, "select public.later()").tried(agent, admin).succeeded())
          .isTrue();
      restore(admin);
    }
    for (String before : List.of("select 1", "set role none")) {
      try (Connection ddl = simple(owner); Connection agent = simple(reader)) {
        run(ddl, before);
        run(ddl, "drop function if exists public.later()");
        run(ddl, later);
        Outcome outcome = seen("later", WRITTEN, "select public.later()").tried(agent, ddl);
        assertThat(outcome.states()).as(before).containsExactly("42501");
        assertThat(outcome.succeeded()).isFalse();
      }
    }
  }

  @Test
  void other_databases_of_the_compute_are_closed() throws Exception {
    for (String database : List.of("postgres", "template1")) {
      try (Connection agent = simple(as("reads").toDatabase(database))) {
        assertThat(agent.isValid(5)).isTrue();
      }
      assertThatThrownBy(() -> simple(reader.toDatabase(database)).close())
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void a_changed_password_opens_nothing() throws Exception {
    String change = "alter role current_user password 'mine'";
    try (Connection agent = simple(as("reads")); Connection admin = bare.connect()) {
      assertThat(done("password", change).tried(agent, admin).succeeded()).isTrue();
    }
    try (Connection agent = simple(withSecret(as("reads"), "mine"))) {
      assertThat(agent.isValid(5)).isTrue();
    }
    try (Connection agent = simple(reader); Connection ddl = simple(owner)) {
      done("password", change).tried(agent, ddl);
    }
    assertThatThrownBy(() -> simple(withSecret(reader, "mine")).close())
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    try (Connection agent = simple(reader)) {
      assertThat(agent.isValid(5)).isTrue();
    }
  }

  private void succeedsOnBare(Escape escape, String role) throws Exception {
    try (Connection admin = bare.connect()) {
      Outcome outcome;
      try (Connection agent = simple(as(role))) {
        if (role.equals("shared")) {
          run(agent, "set role reading");
        }
        outcome = escape.tried(agent, admin);
      }
      restore(admin);
      assertThat(outcome.succeeded()).as("control: " + escape + " " + outcome.states()).isTrue();
    }
  }

  private void failsHere(Escape escape) throws Exception {
    try (Connection ddl = simple(owner); Connection agent = simple(reader)) {
      Outcome outcome = escape.tried(agent, ddl);
      assertThat(outcome.succeeded()).as(escape + " " + outcome.states()).isFalse();
      assertThat(outcome.states()).as(escape.name()).containsAnyOf("42501", "42704", "22023");
    }
  }

  private ConnectionString as(String role) {
    return new ConnectionString(role, "pw", bare.url().host(), bare.port(), "postgres",
        bare.url().parameters());
  }

  private static ConnectionString withSecret(ConnectionString of, String secret) {
    return new ConnectionString(of.user(), secret, of.host(), of.port(), of.database(),
        of.parameters());
  }

  /** Statements go out as they are written, several in one message. */
  private static Connection simple(ConnectionString to) throws SQLException {
    return to.connect("preferQueryMode", "simple");
  }

  private static void restore(Connection admin) throws SQLException {
    run(admin, "truncate public.secrets; insert into public.secrets values (1, 'kept');"
        + " select lo_unlink(oid) from pg_largeobject_metadata;"
        + " alter role limited set default_transaction_read_only = on;"
        + " alter role reads password 'pw'");
  }

  private static void run(Connection as, String sql) throws SQLException {
    try (Statement statement = as.createStatement()) {
      statement.execute(sql);
    }
  }
}
