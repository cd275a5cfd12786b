package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Ports;
import dev.reveille.chaos.harness.Proc;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.tools.Command;
import dev.reveille.wire.BackendMessage.CommandComplete;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The product's own life: homes side by side, sudden death, and an end in good order. */
class LifeTest {
  private static final int ALREADY_RUNNING = 5;
  private static final Duration DRAIN = Duration.ofSeconds(5);

  @Test
  void two_homes_live_side_by_side_and_one_that_is_killed_comes_back_with_everything()
      throws Exception {
    String oneOfEach = """
        compute:
          prepared-running: 1
          prepared-copied: 0
        drain:
          deadline: 5s
        """;
    try (RunningReveille first = Products.start(oneOfEach);
        RunningReveille second = Products.start(oneOfEach)) {
      ConnectionString here = first.create("shop");
      ConnectionString there = second.create("shop");
      ConnectionString asleep = first.create("asleep");
      write(first, here, "first");
      write(second, there, "second");
      write(first, asleep, "asleep");
      first.control("suspend", "asleep");
      assertThat(here.secret()).isNotEqualTo(there.secret());

      Command.Outcome again = first.tryRun("up", "--port", Integer.toString(Ports.free()),
          "--http-port", Integer.toString(Ports.free()));
      assertThat(again.exit()).isEqualTo(ALREADY_RUNNING);
      assertThat(again.err()).contains("already running on " + first.home())
          .contains("process " + first.pid());
      assertThat(first.status("/readyz")).isEqualTo(200);

      first.killProxy();

      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(Proc.processesOf(first.home())).isEmpty());
      assertThat(read(second, there)).isEqualTo("second");
      first.startAgain();
      assertThat(read(first, here)).isEqualTo("first");
      assertThat(read(first, asleep)).isEqualTo("asleep");

      drains(second, there);
    }
  }

  /** SIGTERM: rest ends at once, work may finish, what takes too long is ended at the deadline. */
  private static void drains(RunningReveille reveille, ConnectionString url) throws Exception {
    try (WireClient resting = WireClient.loggedIn(reveille, url);
        WireClient finishing = WireClient.loggedIn(reveille, url);
        WireClient endless = WireClient.loggedIn(reveille, url);
        WireClient silent = WireClient.to(reveille.port())) {
      finishing.ask("select pg_sleep(1.5)");
      endless.query("begin");
      endless.ask("select pg_sleep(600)");
      long begun = System.nanoTime();
      Proc.signal(reveille.pid(), "TERM");

      assertThat(resting.refusal().sqlState()).isEqualTo("57P01");
      assertThat(silent.rest()).as("told to a silent probe").isEmpty();
      assertThat(Ports.answers(reveille.port())).as("new connections").isFalse();
      finishing.readTo(CommandComplete.class);
      finishing.readTo(ReadyForQuery.class);
      assertThat(finishing.refusal().sqlState()).isEqualTo("57P01");
      assertThat(System.nanoTime() - begun).isLessThan(DRAIN.toNanos());

      assertThat(endless.refusal().sqlState()).isEqualTo("57P01");
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isBetween(DRAIN.minusMillis(500), DRAIN.multipliedBy(3));
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(Proc.processesOf(reveille.home())).isEmpty());
    assertThat(reveille.log()).contains("stopped");
  }

  private static void write(RunningReveille reveille, ConnectionString url, String what)
      throws Exception {
    try (WireClient client = WireClient.loggedIn(reveille, url)) {
      var answer = client.query("create table kept as select '" + what + "' as what");
      assertThat(WireClient.errors(answer)).isEmpty();
    }
  }

  private static String read(RunningReveille reveille, ConnectionString url) throws Exception {
    try (WireClient client = WireClient.loggedIn(reveille, url)) {
      return String.join(",", WireClient.values(client.query("select what from kept")));
    }
  }
}
