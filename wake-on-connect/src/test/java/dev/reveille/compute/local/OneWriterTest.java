package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.RunningCompute;
import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Two computes on one storage is the worst bug there is. */
class OneWriterTest {
  private static LocalCell cell;
  private static ComputeLauncher other;

  @BeforeAll
  static void open() throws Exception {
    cell = LocalCell.create(settings -> settings);
    other = new ComputeLauncher(cell.settings.user(), cell.settings.runDirectory(),
        Executors.newVirtualThreadPerTaskExecutor(), System::nanoTime);
  }

  @AfterAll
  static void close() throws Exception {
    cell.close();
  }

  private static LocalCompute startAnother(LocalCell.Named database) throws IOException {
    StorageDirectory storage = cell.storage(database.route());
    return other.launch(cell.settings.postgres(), storage, new StorageEpoch(storage),
        ComputeSettings.DEFAULTS, Duration.ofSeconds(30));
  }

  private static boolean locked(LocalCell.Named database) throws Exception {
    return ChildProcesses
        .start(List.of("flock", "-n", cell.storage(database.route()).lock().toString(), "true"),
            builder -> {
            })
        .waitFor() != 0;
  }

  @Test
  void aSecondComputeOnAStorageIsRefusedAndTheFirstGoesOn() throws Exception {
    LocalCell.Named first = cell.create("one");

    assertThatThrownBy(() -> startAnother(first)).isInstanceOf(ComputeFailedException.class)
        .hasMessageContaining("in use");

    assertThat(sql(first.compute(), "a_ddl", "one", "SELECT 1")).hasSize(1);
    await(first.compute().stop());
    assertThat(locked(first)).isFalse();
  }

  @Test
  void aSecondComputeIsRefusedAlsoWhenPostgresOwnLockFileIsGone() throws Exception {
    LocalCell.Named first = cell.create("two");
    Files.delete(cell.storage(first.route()).data().resolve(PostmasterPid.NAME));

    assertThatThrownBy(() -> startAnother(first)).isInstanceOf(ComputeFailedException.class)
        .hasMessageContaining("in use");

    assertThat(sql(first.compute(), "a_ddl", "two", "SELECT 1")).hasSize(1);
    await(first.compute().stop());
  }

  @Test
  void anOrphanedBackendKeepsTheLockUntilItIsGone() throws Exception {
    LocalCell.Named first = cell.create("three");
    sql(first.compute(), "a_ddl", "three", "CREATE TABLE t AS SELECT 3 AS n");
    try (AdminConnection session = AdminConnection.open(NamedCompute.socket(first.compute()),
        RoleNames.ADMIN, "three", Duration.ofSeconds(20))) {
      long backend = Long
          .parseLong(session.query("SELECT pg_backend_pid()").getFirst().getFirst());
      ChildProcesses.run(List.of("kill", "-STOP", Long.toString(backend)));
      Signals.KILL.send(first.compute().processId().getAsLong());
      await(first.compute().gone());
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(ProcessesOf.data(cell.storage(first.route()).data()))
                  .containsExactly(backend));
      assertThat(locked(first)).as("by the backend alone").isTrue();

      RunningCompute second = await(cell.provider().start(first.route()));

      assertThat(ProcessesOf.isIn(backend, cell.storage(first.route()).data())).isFalse();
      assertThat(sql(second, "a_ddl", "three", "SELECT n FROM t"))
          .containsExactly(List.of("3"));
      await(second.stop());
    }
  }

  @Test
  void anEpochIsNeverUsedTwiceWhateverWasForgotten() throws Exception {
    StorageDirectory storage = new StorageDirectory(StorageId.random(),
        Files.createTempDirectory("epoch"));
    StorageEpoch life = new StorageEpoch(storage);
    long first = life.claim();
    life.reserve();

    long afterCrash = new StorageEpoch(storage).claim();

    assertThat(afterCrash).isGreaterThan(first + 1);
    assertThat(life.claim()).as("the reservation of the earlier life").isLessThan(afterCrash);
    FileTrees.delete(storage.root());
  }
}
