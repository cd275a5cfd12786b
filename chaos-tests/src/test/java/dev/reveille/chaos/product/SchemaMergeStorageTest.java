package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.LoopMount;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.tools.Command;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Merging what a branch of "now" has changed, where clones share bytes and where a base is not worth a copy. */
class SchemaMergeStorageTest {
  @Test
  void a_base_by_snapshot_is_kept_whatever_a_copy_may_be() throws Exception {
    shared("btrfs");
  }

  @Test
  void a_base_by_reflink_is_kept_whatever_a_copy_may_be() throws Exception {
    shared("xfs");
  }

  private static void shared(String kind) throws Exception {
    LoopMount.assumed(kind);
    try (LoopMount disk = LoopMount.of(kind, 3L << 30);
        RunningReveille reveille = RunningReveille.start(
            Setup.configured(Products.SMALL + "branches: {copied-base: 0B}\n"),
            disk.directory())) {
      ThreeWays.hold(reveille);
    }
  }

  @Test
  void without_a_base_only_additions_are_merged_and_it_is_said() throws Exception {
    try (RunningReveille reveille = Products
        .start(Products.SMALL + "branches: {copied-base: 1MB}\n")) {
      Assumptions.assumeTrue(reveille.run("doctor").contains("is a whole copy"),
          "this disk can share bytes");
      ConnectionString parent = reveille.create("plain");
      ThreeWays.run(parent, "create table t (a int)");
      ConnectionString branch = ConnectionString.parse(reveille.run("branch", "plain", "try2"));
      assertThat(reveille.run("checkpoints", "--bases")).doesNotContain("try2");
      ThreeWays.run(branch, "create table more (a int primary key)");
      ThreeWays.run(parent, "create table mine (a int)");

      Command.Outcome merged = reveille.tryRun("merge", "try2").orThrow();
      assertThat(merged.err()).contains("only in \"plain\", and left as it is: table public.mine")
          .contains("what \"try2\" began as was not kept");
      ThreeWays.run(parent, "insert into more values (1)");

      ThreeWays.run(branch, "alter table t drop column a");
      assertThat(reveille.tryRun("merge", "try2").err()).contains("DROP COLUMN a")
          .contains("--base");
    }
  }
}
