package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import dev.reveille.compute.PreparedStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static org.assertj.core.api.Assertions.assertThat;

class PreparedPoolTest {
  private static void awaitFull(LocalCell cell, int running, int copies) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(cell.provider().prepared())
            .isEqualTo(new PreparedSizes(running, copies)));
  }

  @Test
  void aDatabaseIsMadeFromAComputeThatRunsAlreadyAndThePoolFillsUpAgain() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings.withPool(1, 1))) {
      awaitFull(cell, 1, 1);
      PreparedStorage taken = await(cell.provider().takePrepared());
      var data = new StorageTree(cell.settings.directory(), cell.settings.user())
          .storage(taken.storage())
          .data();
      long postmaster = PostmasterPid.read(data).orElseThrow().processId();

      var route = LocalCell.route("shop", taken.storage());
      var compute = await(cell.provider().name(taken, route, LocalCell.ddl()));

      assertThat(compute.processId().getAsLong()).isEqualTo(postmaster);
      assertThat(Files.exists(cell.storage(route).unnamedMark())).isFalse();
      awaitFull(cell, 1, 1);
      await(compute.stop());
    }
  }

  @Test
  void manyAtOnceFromAnEmptyPoolAllGetTheirOwn() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings)) {
      List<CompletionStage<PreparedStorage>> taken = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        taken.add(cell.provider().takePrepared());
      }
      Set<StorageId> storages = new HashSet<>();
      taken.forEach(stage -> storages.add(await(stage).storage()));

      assertThat(storages).hasSize(6);
    }
  }

  @Test
  void aPreparedComputeHasDoneWhatTheFirstSessionOfADatabaseWaitsFor() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings.withPool(1, 0))) {
      awaitFull(cell, 1, 0);
      StorageTree tree = new StorageTree(cell.settings.directory(), cell.settings.user());

      try (var files = Files.walk(tree.all().getFirst().data().resolve("base"), 2)) {
        assertThat(files.filter(file -> file.endsWith("pg_internal.init")))
            .as("caches of the unnamed database and of the administrator's")
            .hasSize(2);
      }
    }
  }

  @Test
  void nothingIsPreparedWhileOthersWaitForTheName() throws Exception {
    AtomicLong clock = new AtomicLong();
    Queue<Long> copied = new ConcurrentLinkedQueue<>();
    PreparedPool.Workshop workshop = new PreparedPool.Workshop() {
      @Override
      public StorageDirectory copy(StorageId id) {
        copied.add(clock.get());
        return new StorageDirectory(id, Path.of(id.toString()));
      }

      @Override
      public LocalCompute start(StorageDirectory storage) {
        throw new AssertionError("no compute is wanted");
      }

      @Override
      public void discard(StorageDirectory storage) {
        throw new AssertionError("nothing failed");
      }
    };
    try (PreparedPool pool = new PreparedPool(workshop, 0, 3, clock::get)) {
      pool.open(List.of());
      awaitSize(pool, 3);
      copied.clear();

      StorageId first = pool.take().storage().id();
      StorageId second = pool.take().storage().id();
      clock.addAndGet(Duration.ofMillis(200).toNanos());
      pool.settled(first);
      clock.addAndGet(Duration.ofMillis(200).toNanos());
      pool.settled(second);
      long calm = clock.addAndGet(Duration.ofMillis(150).toNanos());

      awaitSize(pool, 3);
      assertThat(copied).hasSize(2).allMatch(at -> at >= calm);
    }
  }

  private static void awaitSize(PreparedPool pool, int copies) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(pool.sizes()).isEqualTo(new PreparedSizes(0, copies)));
  }

  @Test
  void preparedStoragesOfAnEarlierLifeAreUsedAgain() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings.withPool(0, 2))) {
      awaitFull(cell, 0, 2);
      StorageTree tree = new StorageTree(cell.settings.directory(), cell.settings.user());
      List<StorageDirectory> before = tree.all();

      cell.reopen();

      awaitFull(cell, 0, 2);
      assertThat(tree.all()).containsExactlyInAnyOrderElementsOf(before);
    }
  }

  @Test
  void aPreparedComputeThatDiesIsReplaced() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings.withPool(1, 0))) {
      awaitFull(cell, 1, 0);
      StorageTree tree = new StorageTree(cell.settings.directory(), cell.settings.user());
      long pid = PostmasterPid.read(tree.all().getFirst().data()).orElseThrow().processId();
      ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
      Signals.KILL.send(pid);
      postmaster.onExit().join();

      PreparedStorage taken = await(cell.provider().takePrepared());
      var route = LocalCell.route("shop", taken.storage());
      var compute = await(cell.provider().name(taken, route, LocalCell.ddl()));

      assertThat(sql(compute, "a_ddl", "shop", "SELECT 1")).hasSize(1);
      await(compute.stop());
      awaitFull(cell, 1, 0);
    }
  }

  @Test
  void aStorageThatIsGivenBackLeavesNothing() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings)) {
      PreparedStorage taken = await(cell.provider().takePrepared());

      await(cell.provider().discard(taken));

      assertThat(new StorageTree(cell.settings.directory(), cell.settings.user()).all())
          .isEmpty();
    }
  }
}
