package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.tools.Command;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds of merging a branch of "now" where its base was kept, whatever kind of clone that is. */
final class ThreeWays {
  private ThreeWays() {
  }

  /** To be called once for a product. */
  static void hold(RunningReveille reveille) throws Exception {
    ConnectionString parent = reveille.create("orders");
    run(parent, "create table t (a int, b text, c int); create table gone (a int);"
        + " create table shared (a int); insert into t values (1, 'x', 7)");
    ConnectionString branch = ConnectionString.parse(reveille.run("branch", "orders", "now1"));
    assertThat(reveille.run("checkpoints", "orders")).doesNotContain("base");
    assertThat(reveille.run("checkpoints", "now1")).doesNotContain("base");
    assertThat(reveille.run("checkpoints", "now1", "--bases")).contains("base-", "now1");
    run(parent, "create table mine (a int); alter table shared add column parents int");
    run(branch, "alter table t alter column a type bigint; alter table t drop column b;"
        + " drop table gone; create view v as select c from t");
    reveille.run("rename", "orders", "orders2");

    Command.Outcome dry = reveille.tryRun("merge", "now1", "--dry-run", "--json").orThrow();
    assertThat(dry.out()).contains("\"base\" : \"base-").contains("\"into\" : \"orders2\"");
    Command.Outcome merged = reveille.tryRun("merge", "now1").orThrow();

    assertThat(merged.err()).doesNotContain("was not kept");
    assertThat(merged.out()).contains("DROP TABLE public.gone", "DROP COLUMN b", "TYPE bigint");
    ConnectionString now = ConnectionString.parse(reveille.run("url", "orders2"));
    assertThat(one(now, "select a || '/' || pg_typeof(a) || '/' || c from t"))
        .isEqualTo("1/bigint/7");
    assertThat(one(now, "select to_regclass('gone') is null and to_regclass('mine') is not null"))
        .isEqualTo("t");
    assertThat(reveille.run("merge", "now1")).isEmpty();

    run(branch, "alter table shared drop column a cascade; alter table shared add column x int");
    Command.Outcome refused = reveille.tryRun("merge", "now1");
    assertThat(refused.exit()).isEqualTo(6);
    assertThat(refused.err()).contains(
        "table public.shared was changed in the branch and changed in the parent");

    reveille.run("drop", "now1");
    assertThat(reveille.run("checkpoints", "--bases")).doesNotContain("now1", "merge-");
    assertThat(reveille.run("doctor"))
        .contains("every storage has a record, and every record a storage");
  }

  static void run(ConnectionString url, String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String one(ConnectionString url, String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
