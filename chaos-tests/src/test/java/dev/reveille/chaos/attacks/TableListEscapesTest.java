package dev.reveille.chaos.attacks;

import dev.reveille.chaos.attacks.Escape.Outcome;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.Products;
import java.sql.Connection;
import java.sql.ResultSet;
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

/**
 * Ways around a list of tables. The control is a credential of the same database without a list, for
 * whom the same statements are served.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TableListEscapesTest {
  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString owner;
  private ConnectionString unlisted;
  private ConnectionString listed;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL));
    owner = reveille.create("shop");
    try (Connection ddl = simple(owner)) {
      run(ddl, """
          create table orders (id int primary key, item text);
          insert into orders values (1, 'tea');
          create table salaries (id int primary key, pay int) ;
          insert into salaries values (1, 4711);
          create view pays as select * from salaries;
          create view careful with (security_invoker) as select * from salaries;
          create materialized view stored as select * from salaries;
          create table logs (at int, line text) partition by range (at);
          create table logs_1 partition of logs for values from (0) to (100);
          insert into logs values (1, 'seen');
          create table parent (id int); create table child () inherits (parent);
          create schema other; create table other.orders (id int);
          create table "Orders" (id int);
          analyze""");
    }
    unlisted = credential();
    listed = credential("--table", "orders", "--table", "logs");
  }

  private ConnectionString credential(String... more) {
    String[] words = new String[6 + more.length];
    System.arraycopy(
        new String[]{"credential", "create", "--database", "shop", "--mode", "rw"}, 0, words, 0, 6);
    System.arraycopy(more, 0, words, 6, more.length);
    return ConnectionString.parse(reveille.run(words));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  private static Stream<Escape> around() {
    String read = "select exists (select from salaries where pay < 0)";
    return Stream.of(
        done("reading it", "select * from salaries"),
        done("TABLE", "table salaries"),
        done("a view over it", "select * from pays"),
        done("a view of the invoker", "select * from careful"),
        done("a materialised view of it", "select * from stored"),
        done("a join", "select * from orders, salaries"),
        done("a sub-select in an error", "select (select pay from salaries)::text::int / 1"),
        done("EXPLAIN ANALYZE", "explain analyze select * from salaries"),
        done("DO", "do $$ declare n int; begin select pay into n from salaries; end $$"),
        done("a cursor", "begin; declare c cursor for select * from salaries; fetch c; commit"),
        done("PREPARE", "prepare p as select * from salaries; execute p"),
        done("query_to_xml", "select query_to_xml('select * from salaries', true, false, '')"),
        done("table_to_xml", "select table_to_xml('salaries', true, false, '')"),
        done("a partition by its own name", "select * from logs_1"),
        done("a table that another inherits", "select * from child"),
        done("the same name in another schema", "select * from other.orders"),
        done("the same name in another case", "select * from \"Orders\""),
        seen("UPDATE", read, "update salaries set pay = -1"),
        seen("UPDATE FROM", read, "update salaries set pay = -1 from orders"),
        seen("MERGE", read, "merge into salaries s using orders o on s.id = o.id"
            + " when matched then update set pay = -1"),
        seen("UPDATE through a view", read, "update pays set pay = -1"),
        seen("INSERT", "select exists (select from salaries where id = 2)",
            "insert into salaries values (2, 1)"));
  }

  @ParameterizedTest
  @MethodSource("around")
  void what_is_not_on_the_list_is_not_reached(Escape escape) throws Exception {
    try (Connection ddl = simple(owner)) {
      try (Connection free = simple(unlisted)) {
        Outcome control = escape.tried(free, ddl);
        assertThat(control.succeeded()).as("control: " + control.states()).isTrue();
      }
      run(ddl, "truncate salaries; insert into salaries values (1, 4711)");
      try (Connection held = simple(listed)) {
        Outcome outcome = escape.tried(held, ddl);
        assertThat(outcome.states()).contains("42501");
        assertThat(outcome.succeeded()).isFalse();
      }
    }
  }

  @Test
  void statistics_of_columns_that_may_not_be_read_are_not_shown() throws Exception {
    String values = "select count(*) from pg_stats where tablename = 'salaries'";
    try (Connection free = simple(unlisted); Connection held = simple(listed)) {
      assertThat(number(free, values)).isPositive();
      assertThat(number(held, values)).isZero();
    }
  }

  @Test
  void what_is_on_the_list_is_reached_whole() throws Exception {
    try (Connection held = simple(listed)) {
      run(held, "insert into orders values (2, 'milk'); update orders set item = 'oat milk'"
          + " where id = 2; delete from orders where id = 2");
      assertThat(number(held, "select count(*) from orders")).isOne();
      assertThat(number(held, "select count(*) from logs")).as("through the parent").isOne();
    }
  }

  @Test
  void a_table_made_later_is_not_on_the_list() throws Exception {
    try (Connection ddl = simple(owner);
        Connection held = simple(listed);
        Connection free = simple(unlisted)) {
      run(ddl, "create table later (id int); insert into later values (1)");
      assertThat(number(free, "select count(*) from later")).isOne();
      assertThat(done("later", "select * from later").tried(held, ddl).states())
          .isEqualTo(List.of("42501"));
    }
  }

  private static long number(Connection as, String sql) throws SQLException {
    try (Statement statement = as.createStatement(); ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
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
