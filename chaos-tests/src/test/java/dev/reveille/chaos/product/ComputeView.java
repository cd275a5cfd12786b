package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.RunningReveille;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the product says about one database's compute.
 *
 * @param state {@code asleep}, {@code awake} and so on; {@code asleep} too if nobody ever asked for it
 * @param epoch how many starts its storage has seen; 0 while it is not awake
 */
public record ComputeView(String state, long epoch, int sessions, int waiters, long processId) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  public static ComputeView of(RunningReveille reveille, String database) throws IOException {
    JsonNode report = JsonMapper.shared().readTree(reveille.report());
    for (JsonNode compute : report.path("computes")) {
      if (compute.path("database").asString().equals(database)) {
        return new ComputeView(compute.path("state").asString(), compute.path("epoch").asLong(),
            compute.path("sessions").asInt(), compute.path("waiters").asInt(),
            compute.path("pid").asLong(0));
      }
    }
    return new ComputeView("asleep", 0, 0, 0, 0);
  }

  public static void awaitState(RunningReveille reveille, String database, String state) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(of(reveille, database).state())
            .as(database)
            .isEqualTo(state));
  }

  public static void awaitWaiters(RunningReveille reveille, String database, int waiters) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(of(reveille, database).waiters())
            .as("clients waiting for " + database)
            .isEqualTo(waiters));
  }

  /** The data directory of a compute that is awake. */
  public static Path dataDirectory(RunningReveille reveille, String database) throws IOException {
    long processId = of(reveille, database).processId();
    return reveille.computes()
        .entrySet()
        .stream()
        .filter(entry -> entry.getValue().contains(processId))
        .map(java.util.Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }
}
