package dev.reveille.compute.local;

import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.CloneReport;
import dev.reveille.compute.Hold;
import dev.reveille.compute.RunningCompute;
import dev.reveille.compute.clone.ExtentHint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Branches of a database that is being written to, taken at random moments.
 * {@code -Dreveille.branches=200} takes more of them, {@code -Dreveille.branches.seed} repeats a run.
 */
class BranchesUnderLoadTest {
  private static final int BRANCHES = Integer.getInteger("reveille.branches", 3);
  private static final long SEED = Long.getLong("reveille.branches.seed", System.nanoTime());

  /** What docs/storage.md promises writers, besides what the machine makes them wait anyway. */
  private static final int STALL_MILLIS = 2_000;

  @Test
  void everyCopiedBranchHoldsABeginningOfTheParentsCommits() throws Exception {
    branches("copy");
  }

  @Test
  void everyReflinkedBranchHoldsABeginningOfTheParentsCommits() throws Exception {
    branches("reflink");
  }

  @Test
  void everySnapshotHoldsABeginningOfTheParentsCommits() throws Exception {
    branches("btrfs");
  }

  private static void branches(String driver) throws Exception {
    System.out.println("reveille.branches.seed=" + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    try (LoopDisk disk = LoopDisk.forDriver(driver);
        LocalCell cell = LocalCell.create(disk.path(), settings -> settings)) {
      assertThat(cell.provider().storages().driver()).isEqualTo(driver);
      LocalCell.Named parent = cell.create("parent");
      if (driver.equals("reflink")) {
        assertThat(ExtentHint.of(cell.storage(parent.route()).data().resolve("base")))
            .isEqualTo(8192);
      }
      List<Duration> clones = new ArrayList<>();
      List<Duration> stalls = new ArrayList<>();
      List<Duration> quiet = new ArrayList<>();
      List<Duration> starts = new ArrayList<>();
      try (WritingClients load = new WritingClients(parent.compute(), "parent", SEED)) {
        load.awaitCommits(200);
        for (int i = 0; i < BRANCHES; i++) {
          load.longestStall();
          load.awaitCommits(random.nextInt(1, 100));
          quiet.add(load.longestStall());
          long[] least = load.acknowledged();
          StorageId target = StorageId.random();
          CloneReport report = await(cell.provider()
              .storages()
              .clone(parent.route().storage(), Optional.of(parent.compute()), target,
                  new Hold()));
          long[] most = load.sent();
          clones.add(report.took());
          stalls.add(load.longestStall());

          long began = System.nanoTime();
          Route branch = LocalCell.route("branch" + i, target);
          RunningCompute compute = await(cell.provider().start(branch));
          starts.add(Duration.ofNanos(System.nanoTime() - began));
          assertThat(Witness.complaints(compute, branch.name(), least, most))
              .as("branch %d of seed %d", i, SEED)
              .isEmpty();
          await(compute.stop());
          await(cell.provider().storages().delete(target));
        }
        load.stop();
        assertThat(Witness.complaints(parent.compute(), "parent", load.acknowledged(),
            load.acknowledged())).isEmpty();
        System.out.printf("branches=%d driver=%s clone_median=%.0f clone_p99=%.0f stall_median=%.0f"
            + " stall_longest=%.0f before_median=%.0f before_longest=%.0f start_median=%.0f"
            + " (milliseconds)%n", BRANCHES, driver, Witness.percentile(clones, 0.5),
            Witness.percentile(clones, 0.99), Witness.percentile(stalls, 0.5),
            Witness.percentile(stalls, 1), Witness.percentile(quiet, 0.5),
            Witness.percentile(quiet, 1), Witness.percentile(starts, 0.5));
        assertThat(Witness.percentile(stalls, 1)).as("the longest stall, in milliseconds")
            .isLessThan(STALL_MILLIS + Witness.percentile(quiet, 1));
      }
      assertThat(sql(parent.compute(), RoleNames.ADMIN, "parent",
          "SELECT slot_name FROM pg_replication_slots")).isEmpty();
      await(parent.compute().stop());
    }
  }

  /** The negative control: what these tests check must be able to fail. */
  @Test
  void aNaiveCopyOfARunningDirectoryStartsAndIsCaught() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings)) {
      LocalCell.Named parent = cell.create("parent");
      StorageTree tree = cell.tree();
      StorageDirectory making = tree.begin(StorageId.random());
      long[] least;
      try (WritingClients load = new WritingClients(parent.compute(), "parent", SEED)) {
        load.awaitCommits(300);
        least = load.acknowledged();
        copyAsAWalkFindsIt(cell.storage(parent.route()).data(), making.data(), load, parent);
        load.stop();
        StorageDirectory copy = tree.finish(making);
        Route naive = LocalCell.route("parent", copy.id());
        RunningCompute compute = await(cell.provider().start(naive));

        List<String> complaints = Witness.complaints(compute, "parent", least, load.sent());

        System.out.println("naive copy: " + complaints);
        assertThat(complaints).isNotEmpty();
        await(compute.stop());
      }
      await(parent.compute().stop());
    }
  }

  /** A walk may come by these before it comes by the tables. */
  private static final Set<String> FIRST = Set.of("global", "pg_wal");

  /** One directory after the other; the larger a database, the more is committed in between. */
  private static void copyAsAWalkFindsIt(Path data, Path target, WritingClients load,
      LocalCell.Named parent) throws Exception {
    ChildProcesses.run(List.of("mkdir", target.toString()));
    List<Path> entries;
    try (var found = Files.list(data)) {
      entries = new ArrayList<>(found
          .filter(entry -> !entry.getFileName().toString().startsWith("postmaster."))
          .sorted(Comparator.comparing(entry -> !FIRST.contains(entry.getFileName().toString())))
          .toList());
    }
    for (Path entry : entries) {
      ChildProcesses.run(List.of("cp", "-a", "-t", target.toString(), entry.toString()));
      if (entry.equals(entries.get(FIRST.size() - 1))) {
        load.awaitCommits(300);
        sql(parent.compute(), RoleNames.ADMIN, "parent", "CHECKPOINT");
      }
    }
    ChildProcesses.run(List.of("chown", "--reference=" + data, target.toString()));
    ChildProcesses.run(List.of("chmod", "0700", target.toString()));
  }
}
