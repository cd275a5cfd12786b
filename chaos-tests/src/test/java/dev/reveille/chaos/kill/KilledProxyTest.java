package dev.reveille.chaos.kill;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Proc;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.StorageWatch;
import dev.reveille.chaos.harness.WritingLoad;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code kill -9} of the proxy in the middle of a wake, and of the whole tree under load. */
class KilledProxyTest {
  private static final long SEED = 4711;

  @Test
  void a_proxy_killed_in_mid_wake_leaves_no_compute_and_no_damage() throws Exception {
    Random random = new Random(SEED);
    try (StorageWatch watch = StorageWatch.start();
        RunningReveille reveille = RunningReveille.start(Setup.plain())) {
      ConnectionString url = reveille.create("shop");
      long rows;
      try (WritingLoad load = WritingLoad.start(url, 1)) {
        load.awaitMore(50);
        load.stop();
        rows = load.acknowledgedRows();
      }
      for (int round = 0; round < 4; round++) {
        reveille.control("suspend", "shop");
        Thread waking = Thread.ofPlatform().start(() -> tryOnce(url));
        waking.join(Duration.ofMillis(1 + random.nextInt(120)));

        reveille.killProxy();

        Awaitility.await("round " + round + " of seed " + SEED)
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(() -> assertThat(Proc.processesOf(reveille.home())).isEmpty());
        waking.join();
        reveille.startAgain();
        assertThat(count(url)).isEqualTo(rows);
      }
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void a_tree_killed_under_load_starts_again_with_every_acknowledged_commit() throws Exception {
    Random random = new Random(SEED + 1);
    try (StorageWatch watch = StorageWatch.start();
        RunningReveille reveille = RunningReveille.start(Setup.plain())) {
      ConnectionString one = reveille.create("one");
      ConnectionString two = reveille.create("two");
      try (WritingLoad first = WritingLoad.start(one, 2);
          WritingLoad second = WritingLoad.start(two, 2)) {
        for (int round = 0; round < 2; round++) {
          first.awaitMore(50 + random.nextInt(100));
          second.awaitMore(20);
          reveille.killTree();
          assertThat(Proc.processesOf(reveille.home())).isEmpty();
          reveille.startAgain();
        }
        first.awaitMore(20);
        second.awaitMore(20);
        first.stop();
        second.stop();
        first.assertNothingLostOrRepeated(one);
        second.assertNothingLostOrRepeated(two);
      }
      assertThat(reveille.run("list")).contains("one", "two");
      assertThat(watch).isNotNull();
    }
  }

  private static void tryOnce(ConnectionString url) {
    try {
      url.connect().close();
    } catch (SQLException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static long count(ConnectionString url) throws SQLException {
    try (var connection = url.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from load_row")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
