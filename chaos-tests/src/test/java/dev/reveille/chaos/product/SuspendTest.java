package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.wire.BackendMessage.CommandComplete;
import dev.reveille.wire.ErrorFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** When computes are suspended by themselves, and what a suspend in progress does to a client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuspendTest {
  private static final long SEED = 20_261_120;
  private static final int ROUNDS = 20;
  private static final int CLIENTS = 3;

  private final Started started = new Started();
  private RunningReveille reveille;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start("""
        compute:
          suspend-after: 2s
          prepared-running: 1
          prepared-copied: 0
        """));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void an_idle_connection_does_not_keep_a_compute_awake_and_work_does() throws Exception {
    ConnectionString idle = reveille.create("idle");
    ConnectionString open = reveille.create("open");
    ConnectionString busy = reveille.create("busy");
    try (WireClient working = WireClient.loggedIn(reveille, busy);
        WireClient transacting = WireClient.loggedIn(reveille, open);
        WireClient resting = WireClient.loggedIn(reveille, idle)) {
      working.ask("select pg_sleep(6)");
      transacting.query("begin");

      ErrorFields told = resting.refusal();

      assertThat(told.sqlState()).isEqualTo("57P01");
      assertThat(told.message()).isEqualTo("the database was suspended");
      assertThat(told.hint()).contains("Connect again: it wakes when it is asked for.");
      ComputeView.awaitState(reveille, "idle", "asleep");
      assertThat(WireClient.errors(working.readTo(CommandComplete.class))).isEmpty();
      assertThat(ComputeView.of(reveille, "open").state()).isEqualTo("awake");
      assertThat(WireClient.errors(transacting.query("commit"))).isEmpty();

      ComputeView.awaitState(reveille, "open", "asleep");
      ComputeView.awaitState(reveille, "busy", "asleep");
    }
    try (WireClient again = WireClient.loggedIn(reveille, idle)) {
      assertThat(WireClient.values(again.query("select 1"))).containsExactly("1");
    }
  }

  @Test
  void a_client_that_connects_during_a_suspend_is_never_refused() throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    ConnectionString url = reveille.create("race");
    double refusals = refusals();
    int answered = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < ROUNDS; round++) {
        reveille.control("wake", "race");
        List<Future<Boolean>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
          long delay = random.nextLong(60_000_000);
          clients.add(threads.submit(() -> connectsAfter(delay, url)));
        }
        long delay = random.nextLong(40_000_000);
        Future<?> suspend = threads.submit(() -> suspendAfter(delay));
        for (Future<Boolean> client : clients) {
          answered += client.get() ? 1 : 0;
        }
        suspend.get();
      }
    }
    assertThat(refusals() - refusals).as("clients that were refused").isZero();
    assertThat(answered).isGreaterThan(ROUNDS);
  }

  /** Whether its query was answered; if not, it was logged in, at rest, and told 57P01. */
  private boolean connectsAfter(long nanos, ConnectionString url) throws IOException {
    LockSupport.parkNanos(nanos);
    try (WireClient client = WireClient.loggedIn(reveille, url)) {
      client.ask("select 1");
      var answer = client.read();
      if (answer instanceof dev.reveille.wire.BackendMessage.ErrorResponse error) {
        assertThat(error.fields().sqlState()).isEqualTo("57P01");
        return false;
      }
      return true;
    }
  }

  /** All but the ends of sessions that were established, and at rest when the suspend came. */
  private double refusals() throws IOException {
    return reveille.metric("reveille_refusals_total")
        - reveille.metric("reveille_refusals_total", "sqlstate=\"57P01\"");
  }

  private void suspendAfter(long nanos) {
    LockSupport.parkNanos(nanos);
    try {
      reveille.control("suspend", "race");
    } catch (IOException busy) {
      assertThat(busy).hasMessageContaining("is at work");
    }
  }
}
