package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What is left of databases that were being made when everything died. */
class KilledInCreateTest {
  private static final int WORKERS = 6;
  private static final int ACKNOWLEDGED = 8;
  private static final int EACH = 40;

  @Test
  void no_acknowledged_database_is_lost_no_name_is_stuck_and_no_storage_is_leaked()
      throws Exception {
    Cli cli = Cli.withDefaults();
    try {
      assertThat(cli.up().exitCode()).isZero();
      Map<String, String> acknowledged = createUntilKilled(cli);
      assertThat(acknowledged.size()).isGreaterThanOrEqualTo(ACKNOWLEDGED);

      assertThat(cli.up().exitCode()).isZero();

      ControlClient control = new ControlClient(new Home(cli.home));
      List<String> listed = control.get("databases").findValuesAsString("name");
      assertThat(listed).containsAll(acknowledged.keySet());
      for (JsonNode database : control.get("databases")) {
        assertThat(database.path("state").asString()).isNotIn("creating", "dropping");
      }
      for (Map.Entry<String, String> database : acknowledged.entrySet()) {
        assertThat(Cli.query(database.getValue(), "select current_database()"))
            .isEqualTo(database.getKey());
      }
      for (int worker = 0; worker < WORKERS; worker++) {
        String next = firstNotListed(worker, listed);
        assertThat(control.post("create", next).path("url").asString()).contains(next);
      }
      await().atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> assertThat(namedStorages(cli.home)).isEqualTo(listed.size() + WORKERS));
    } finally {
      cli.remove();
    }
  }

  /** Names and connection strings of those that were answered for. */
  private static Map<String, String> createUntilKilled(Cli cli) throws Exception {
    Map<String, String> acknowledged = new ConcurrentHashMap<>();
    CountDownLatch enough = new CountDownLatch(ACKNOWLEDGED);
    List<Thread> workers = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      int number = worker;
      workers.add(Thread.ofVirtual().start(() -> {
        ControlClient control = new ControlClient(new Home(cli.home));
        for (int i = 0; i < EACH; i++) {
          try {
            String name = name(number, i);
            acknowledged.put(name, control.post("create", name).path("url").asString());
            enough.countDown();
          } catch (CommandFailure killed) {
            return;
          }
        }
      }));
    }
    enough.await();
    ProcessHandle server = cli.server();
    server.destroyForcibly();
    server.onExit().join();
    for (Thread worker : workers) {
      worker.join();
    }
    return acknowledged;
  }

  private static String firstNotListed(int worker, List<String> listed) {
    int i = 0;
    while (listed.contains(name(worker, i))) {
      i++;
    }
    return name(worker, i);
  }

  private static String name(int worker, int i) {
    return "w" + worker + "_" + i;
  }

  private static long namedStorages(Path home) throws IOException {
    long count = 0;
    for (String cell : List.of("a", "b")) {
      try (var storages = Files.list(home.resolve("cells").resolve(cell).resolve("storage"))) {
        count += storages.filter(storage -> !storage.toString().endsWith(".copying"))
            .filter(storage -> !Files.exists(storage.resolve("unnamed")))
            .count();
      }
    }
    return count;
  }
}
