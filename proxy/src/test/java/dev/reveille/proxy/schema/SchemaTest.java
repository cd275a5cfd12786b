package dev.reveille.proxy.schema;

import dev.reveille.proxy.relay.RealPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SchemaTest {
  @BeforeEach
  void databases() throws Exception {
    drop();
    run("postgres", List.of("create database schema_base", "create database schema_a",
        "create database schema_b"));
  }

  @AfterEach
  void drop() throws Exception {
    run("postgres", List.of("drop database if exists schema_base",
        "drop database if exists schema_a", "drop database if exists schema_b"));
  }

  private static String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + RealPostgres.port() + "/" + database
        + "?user=postgres&sslmode=disable&preferQueryMode=simple";
  }

  private static void run(String database, List<String> statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database));
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  private static Schema a() {
    return Schema.read(url("schema_a"));
  }

  private static Schema b() {
    return Schema.read(url("schema_b"));
  }

  private static List<String> statements(SchemaScript script) {
    return script.changes().stream().map(Change::sql).toList();
  }

  @RepeatedTest(10)
  void what_turns_one_into_the_other_does() throws Exception {
    long seed = Long.getLong("reveille.seed", new Random().nextLong());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> first = new RandomSchema(random).drawn();
    List<String> second = new RandomSchema(random).drawn();
    run("schema_a", first);
    run("schema_b", second);

    SchemaScript script = a().to(b());
    try {
      run("schema_a", List.of(script.sql()));
    } catch (SQLException e) {
      throw new AssertionError("seed " + seed + "\n" + String.join(";\n", first) + "\n\n"
          + String.join(";\n", second) + "\n\n" + script.sql(), e);
    }

    assertThat(statements(a().to(b()))).as("seed %d", seed).isEmpty();
  }

  @Test
  void the_same_schema_has_no_difference_whatever_rows_owners_and_other_roles_it_has()
      throws Exception {
    List<String> tables = List.of("create table t (id serial primary key, name text)");
    run("schema_a", tables);
    run("schema_b", tables);
    run("schema_b", List.of("insert into t (name) values ('x')", "create role somebody",
        "grant select on t to pg_monitor", "alter table t owner to somebody"));

    assertThat(a().to(b()).isEmpty()).isTrue();
    assertThat(a().to(b()).sql()).isEmpty();
  }

  @Test
  void what_loses_data_is_marked_and_listed() throws Exception {
    run("schema_a", List.of("create table t (a int, b text, c int)", "create table u (a int)",
        "create index i on t (a)", "create view v as select 1 as one"));
    run("schema_b", List.of("create table t (a int, c bigint, d text default 'DROP; TABLE')"));

    SchemaScript script = a().to(b());

    assertThat(script.losing()).extracting(change -> change.sql().split("\\s+USING", -1)[0])
        .containsExactlyInAnyOrder("DROP TABLE public.u",
            "ALTER TABLE ONLY public.t\n\tDROP COLUMN b",
            "ALTER TABLE public.t\n\tALTER COLUMN c TYPE bigint");
    assertThat(script.sql()).contains("-- LOSES DATA\nDROP TABLE public.u;")
        .contains("\nDROP INDEX public.i;");
  }

  @Test
  void a_merge_takes_what_the_branch_changed_and_leaves_what_the_parent_changed() throws Exception {
    List<String> base = List.of("create table t (a int)", "create table u (a int)",
        "create table w (a int)", "create table gone (a int)");
    run("schema_base", base);
    run("schema_a", base);
    run("schema_b", base);
    run("schema_a", List.of("alter table u add column parents int", "create table mine (a int)",
        "alter table w add column same int"));
    run("schema_b", List.of("alter table t add column branchs int", "create table yours (a int)",
        "drop table gone", "alter table w add column same int"));

    MergePlan plan = MergePlan.of(Optional.of(Schema.read(url("schema_base"))), a(), b());

    assertThat(plan.conflicts()).isEmpty();
    assertThat(plan.objects()).containsExactlyInAnyOrder("table public.t", "table public.yours",
        "table public.gone");
    run("schema_a", List.of(plan.script().sql()));
    assertThat(plan.missing(a(), b())).isEmpty();
    assertThat(a().differences(b())).containsOnlyKeys("table public.u", "table public.mine");
  }

  @Test
  void what_both_changed_is_a_conflict() throws Exception {
    run("schema_base", List.of("create table t (a int)", "create table u (a int)"));
    run("schema_a", List.of("create table t (a int, b int)", "create table new (a int)"));
    run("schema_b", List.of("create table t (a int, c int)", "create table new (b int)",
        "create table u (a int, b int)"));

    MergePlan plan = MergePlan.of(Optional.of(Schema.read(url("schema_base"))), a(), b());

    assertThat(plan.script().isEmpty()).isTrue();
    assertThat(plan.conflicts()).containsExactlyInAnyOrder(
        "table public.t was changed in the branch and changed in the parent",
        "table public.new was created in the branch and created in the parent",
        "table public.u was changed in the branch and dropped in the parent");
  }

  @Test
  void without_a_base_only_additions_are_merged() throws Exception {
    run("schema_a", List.of("create table t (a int)", "create table mine (a int)"));
    run("schema_b", List.of("create table t (a int, b int)", "create table yours (a int)",
        "create index i on t (a)"));

    MergePlan plan = MergePlan.of(Optional.empty(), a(), b());

    assertThat(plan.conflicts()).isEmpty();
    assertThat(plan.untouched()).containsExactly("table public.mine");
    run("schema_a", List.of(plan.script().sql()));
    assertThat(a().differences(b())).containsOnlyKeys("table public.mine");

    run("schema_b", List.of("alter table t drop column a cascade"));
    MergePlan refused = MergePlan.of(Optional.empty(), a(), b());
    assertThat(refused.script().isEmpty()).isTrue();
    assertThat(refused.conflicts()).anyMatch(conflict -> conflict.contains("DROP COLUMN a"));
  }

  @Test
  void bodies_with_semicolons_are_one_statement() {
    SchemaScript script = SchemaScript
        .of("""
            SET search_path = pg_catalog;
            -- a comment; with one
            CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;
            CREATE FUNCTION g() RETURNS int AS $$ begin; end $$ LANGUAGE plpgsql;
            CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u; DELETE FROM v);
            COMMENT ON TABLE t IS 'a;b'""");

    assertThat(script.changes()).hasSize(4);
    assertThat(script.losing()).isEmpty();
  }
}
