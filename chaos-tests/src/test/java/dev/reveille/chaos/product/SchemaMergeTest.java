package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.tools.Command;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** The schema of a branch, compared with its parent's and brought back to it; on whatever disk there is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaMergeTest {
  private final Started started = new Started();
  private RunningReveille reveille;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  private static void run(ConnectionString url, String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void a_branch_of_a_checkpoint_is_merged_with_a_checkpoint_before_and_conflicts_are_named()
      throws Exception {
    ConnectionString parent = reveille.create("shop");
    run(parent, "create table t (a int); create table gone (a int); insert into t values (1)");
    reveille.run("checkpoint", "shop", "--as", "monday");
    ConnectionString branch = ConnectionString
        .parse(reveille.run("branch", "shop@monday", "try1"));
    assertThat(reveille.run("diff", "shop", "try1")).isEmpty();
    run(branch, "alter table t add column b int; drop table gone; create view v as select 1 as x");
    run(parent, "create table mine (a int)");

    Command.Outcome diff = reveille.tryRun("diff", "shop", "try1").orThrow();
    assertThat(diff.out()).contains("ADD COLUMN b integer")
        .contains("-- LOSES DATA\nDROP TABLE public.gone;");
    assertThat(diff.err()).contains("2 statements may lose data");
    assertThat(reveille.run("merge", "try1", "--dry-run")).contains("DROP TABLE public.gone")
        .doesNotContain("mine");

    Command.Outcome merged = reveille.tryRun("merge", "try1").orThrow();
    assertThat(merged.err()).contains("reveille restore shop before-merge-");
    assertThat(reveille.run("checkpoints", "shop")).as("kept for a while, not for ever")
        .containsPattern("before-merge-\\w+ +shop +automatic +\\S+ +\\d");
    run(parent, "select t.a, b, x, mine.a from t, v, mine where false");
    assertThat(reveille.run("list")).doesNotContain("merge-");
    assertThat(reveille.run("checkpoints", "--bases")).doesNotContain("try1", "merge-");
    assertThat(reveille.run("merge", "try1")).isEmpty();

    run(branch, "alter table t add column c int");
    run(parent, "alter table t add column d int");
    Command.Outcome refused = reveille.tryRun("merge", "try1");
    assertThat(refused.exit()).isEqualTo(6);
    assertThat(refused.err())
        .contains("table public.t was changed in the branch and changed in the parent");
  }

  @Test
  void a_branch_of_now_is_merged_with_its_changes_and_drops() throws Exception {
    ThreeWays.hold(reveille);
  }
}
