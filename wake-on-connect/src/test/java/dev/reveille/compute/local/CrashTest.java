package dev.reveille.compute.local;

import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.RunningCompute;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static org.assertj.core.api.Assertions.assertThat;

class CrashTest {
  @Test
  void whenTheProxyIsKilledItsComputesStopAndTheNextLifeFindsEveryRow() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings)) {
      cell.provider().close();
      Process life = new ProcessBuilder(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
          CellLife.class.getName(), cell.home.toString())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
      String[] facts = firstFacts(life);
      Route route = LocalCell.route("kept", StorageId.parse(facts[0]));
      Path cellDirectory = cell.settings.directory();
      assertThat(computesBelow(cellDirectory)).as("named and prepared").hasSizeGreaterThan(1);

      life.destroyForcibly().waitFor();

      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(computesBelow(cellDirectory)).isEmpty());
      assertThat(LogTail.since(cell.storage(route).log(), 0))
          .as("stopped cleanly by the kernel's word")
          .contains("database system is shut down");
      cell.reopen();
      RunningCompute compute = await(cell.provider().start(route));
      assertThat(compute.processId().getAsLong()).isNotEqualTo(Long.parseLong(facts[1]));
      assertThat(sql(compute, "a_ddl", "kept", "SELECT n FROM t"))
          .containsExactly(List.of("5"));
      await(compute.stop());
    }
  }

  private static String[] firstFacts(Process life) throws Exception {
    BufferedReader out = life.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      String[] words = line.split(" ");
      if (words.length == 3 && words[0].matches("[0-9a-f-]{36}")) {
        return words;
      }
    }
    throw new AssertionError("the other process ended too soon");
  }

  private static List<Map.Entry<Path, List<Long>>> computesBelow(Path directory)
      throws Exception {
    Path real = directory.toRealPath();
    return ProcessesOf.all().entrySet().stream().filter(e -> e.getKey().startsWith(real)).toList();
  }

  @Test
  void aComputeLeftOverFromAnEarlierLifeIsStoppedBeforeItsStorageIsUsed() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings)) {
      LocalCell.Named database = cell.create("stray");
      sql(database.compute(), "a_ddl", "stray", "CREATE TABLE t AS SELECT 5 AS n");
      await(database.compute().stop());
      StorageDirectory storage = cell.storage(database.route());
      LocalCompute stray = new ComputeLauncher(cell.settings.user(), cell.settings.runDirectory(),
          Executors.newVirtualThreadPerTaskExecutor(), System::nanoTime)
          .launch(cell.settings.postgres(), storage, new StorageEpoch(storage),
              ComputeSettings.DEFAULTS, Duration.ofSeconds(30));

      cell.reopen();

      assertThat(stray.alive()).isFalse();
      RunningCompute compute = await(cell.provider().start(database.route()));
      assertThat(compute.endpoint().epoch()).isGreaterThan(stray.epoch());
      assertThat(sql(compute, "a_ddl", "stray", "SELECT n FROM t"))
          .containsExactly(List.of("5"));
      await(compute.stop());
    }
  }

  @Test
  void aComputeThatIsKilledRecoversWhatWasAcknowledged() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings)) {
      LocalCell.Named database = cell.create("killed");
      sql(database.compute(), "a_ddl", "killed", "CREATE TABLE t(n int)");
      for (int i = 1; i <= 20; i++) {
        sql(database.compute(), "a_ddl", "killed", "INSERT INTO t VALUES (" + i + ")");
      }
      Signals.KILL.send(database.compute().processId().getAsLong());
      await(database.compute().gone());

      RunningCompute compute = await(cell.provider().start(database.route()));

      assertThat(sql(compute, "a_ddl", "killed", "SELECT count(*), sum(n) FROM t"))
          .containsExactly(List.of("20", "210"));
      await(compute.stop());
    }
  }

  @Test
  void theProcessIdOfADeadComputeMayBelongToAnotherProcessByNow() throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings)) {
      LocalCell.Named database = cell.create("reused");
      await(database.compute().stop());
      List<String> sleep = new ArrayList<>(cell.settings.user().becomeUntilParentDies());
      sleep.addAll(List.of("sleep", "600"));
      Process other = new ProcessBuilder(sleep).start();
      try {
        Path data = cell.storage(database.route()).data();
        Files.writeString(data.resolve(PostmasterPid.NAME), other.pid() + "\n" + data + "\n0\n");

        RunningCompute compute = await(cell.provider().start(database.route()));

        assertThat(sql(compute, "a_ddl", "reused", "SELECT 1")).containsExactly(List.of("1"));
        assertThat(other.isAlive()).isTrue();
        await(compute.stop());
      } finally {
        other.destroyForcibly().waitFor();
      }
    }
  }
}
