package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.wire.BackendMessage.AuthenticationOk;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.ErrorFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.util.PSQLException;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients of a database that sleeps, that is slow to wake, that has few places, that cannot wake. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SleepingDatabaseTest {
  private static final int PLACES = 8;

  private final Started started = new Started();
  private GatedPostgres gate;
  private RunningReveille reveille;

  @BeforeAll
  void start() throws Exception {
    gate = started.add(GatedPostgres.make());
    reveille = started.add(Products.start("""
        compute:
          bin-directory: %s
          max-connections: %d
          prepared-running: 1
          prepared-copied: 2
        wake:
          deadline: 10s
          starts-at-once: 8
        """.formatted(gate.directory(), PLACES)));
  }

  @AfterEach
  void openTheGate() throws IOException {
    gate.open();
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void fifty_clients_at_once_cause_one_wake_and_get_fifty_answers_through_eight_places()
      throws Exception {
    ConnectionString url = reveille.create("crowd");
    long before = epochAwake("crowd");
    double cold = wakes("cold");
    reveille.control("suspend", "crowd");
    gate.shut();

    List<Future<String>> answers = new ArrayList<>();
    try (ExecutorService clients = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
        .factory())) {
      for (int client = 0; client < 50; client++) {
        answers.add(clients.submit(() -> currentDatabase(url)));
      }
      ComputeView.awaitWaiters(reveille, "crowd", 50);
      gate.open();
    }

    for (Future<String> answer : answers) {
      assertThat(answer.get()).isEqualTo("crowd");
    }
    assertThat(wakes("cold") - cold).as("clients that waited for the wake").isEqualTo(50);
    assertThat(ComputeView.of(reveille, "crowd").epoch()).as("starts").isEqualTo(before + 1);
  }

  @Test
  void at_the_deadline_a_client_is_told_what_it_waited_for() throws Exception {
    ConnectionString full = reveille.create("full");
    ConnectionString slow = reveille.create("slow");
    reveille.control("suspend", "slow");
    gate.shut();
    try (Crowd crowd = Crowd.of(PLACES, reveille, full);
        WireClient waking = WireClient.secured(reveille).startup(slow).prove(slow.secret());
        WireClient queued = WireClient.secured(reveille).startup(full).prove(full.secret())) {
      ErrorFields tooMany = queued.refusal();
      assertThat(tooMany.sqlState()).isEqualTo("53300");
      assertThat(tooMany.detail()).hasValueSatisfying(
          detail -> assertThat(detail).contains("max_connections = " + PLACES));
      assertThat(tooMany.hint()).isPresent();

      ErrorFields late = waking.refusal();
      assertThat(late.sqlState()).isEqualTo("57P03");
      assertThat(late.message()).contains("\"slow\" is still waking");
      assertThat(late.hint()).contains("It is safe to try again.");
      assertThat(crowd).isNotNull();
    }
  }

  @Test
  void a_client_in_the_queue_is_served_when_a_place_becomes_free() throws Exception {
    ConnectionString url = reveille.create("queue");
    try (Crowd crowd = Crowd.of(PLACES - 1, reveille, url);
        WireClient first = WireClient.loggedIn(reveille, url);
        WireClient queued = WireClient.secured(reveille);
        WireClient impatient = WireClient.secured(reveille)) {
      impatient.startup(url).prove(url.secret()).readTo(NoticeResponse.class);
      queued.startup(url).prove(url.secret());
      assertThat(((NoticeResponse) queued.readTo(NoticeResponse.class).getLast()).fields()
          .message()).contains("all connections of database \"queue\" are taken");

      impatient.leave();
      first.leave();

      queued.readTo(ReadyForQuery.class);
      assertThat(WireClient.values(queued.query("select 1"))).containsExactly("1");
      assertThat(crowd).isNotNull();
    }
  }

  @Test
  void who_waits_longer_than_a_second_is_told_so_after_the_proof() throws Exception {
    ConnectionString url = reveille.create("told");
    reveille.control("suspend", "told");
    gate.shut();
    try (WireClient client = WireClient.secured(reveille)
        .startup(url)
        .prove(url.secret())) {
      client.readTo(AuthenticationOk.class);
      long proven = System.nanoTime();

      ErrorFields notice = ((NoticeResponse) client.read()).fields();

      assertThat(System.nanoTime() - proven).as("nanoseconds until the notice")
          .isBetween(500_000_000L, 8_000_000_000L);
      assertThat(notice.message()).contains("database \"told\" is waking up");
      gate.open();
      client.readTo(ReadyForQuery.class);
      assertThat(WireClient.values(client.query("select current_database()")))
          .containsExactly("told");
    }
  }

  @Test
  void a_client_that_leaves_while_it_waits_is_no_demand() throws Exception {
    ConnectionString url = reveille.create("left");
    reveille.control("suspend", "left");
    double abandoned = wakes("abandoned");
    gate.shut();
    List<WireClient> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clients.add(WireClient.secured(reveille).startup(url).prove(url.secret()));
    }
    ComputeView.awaitWaiters(reveille, "left", 3);

    for (WireClient client : clients) {
      client.leave();
    }

    ComputeView.awaitWaiters(reveille, "left", 0);
    assertThat(wakes("abandoned") - abandoned).isEqualTo(3);
    assertThat(reveille.metric("reveille_waiters")).isZero();
    gate.open();
    ComputeView.awaitState(reveille, "left", "awake");
    assertThat(ComputeView.of(reveille, "left").sessions()).isZero();
    reveille.control("suspend", "left");
  }

  @Test
  void a_compute_that_cannot_start_is_reported_and_repaired_when_its_storage_is() throws Exception {
    ConnectionString url = reveille.create("broken");
    assertThat(currentDatabase(url)).isEqualTo("broken");
    Path control = ComputeView.dataDirectory(reveille, "broken").resolve("global/pg_control");
    Path aside = control.resolveSibling("pg_control.aside");
    suspend("broken");
    Files.move(control, aside);

    try (WireClient client = WireClient.secured(reveille).startup(url).prove(url.secret())) {
      ErrorFields told = client.refusal();
      assertThat(told.sqlState()).isEqualTo("57P03");
      assertThat(told.message()).isEqualTo("database \"broken\" could not be woken");
      assertThat(told.hint()).isPresent();
    }
    int starts = failedStarts();
    IntStream.range(0, 20).forEach(attempt -> refused(url));
    assertThat(failedStarts() - starts).as("starts tried for twenty clients").isLessThan(10);
    assertThat(reveille.log()).contains("compute not started");
    assertThat(reveille.status("/healthz")).isEqualTo(200);

    Files.move(aside, control);
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptionsInstanceOf(PSQLException.class)
        .untilAsserted(() -> assertThat(currentDatabase(url)).isEqualTo("broken"));
  }

  private void refused(ConnectionString url) {
    try (WireClient client = WireClient.secured(reveille).startup(url).prove(url.secret())) {
      assertThat(client.refusal().sqlState()).isEqualTo("57P03");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private int failedStarts() {
    return (int) reveille.log()
        .lines()
        .filter(line -> line.contains("compute not started"))
        .count();
  }

  /** A session that has just left may still count as activity for a moment. */
  private void suspend(String database) {
    Awaitility.await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(
            () -> assertThat(reveille.control("suspend", database)).contains("suspended"));
  }

  private long epochAwake(String database) throws IOException {
    reveille.control("wake", database);
    return ComputeView.of(reveille, database).epoch();
  }

  private double wakes(String outcome) throws IOException {
    return reveille.metric("reveille_wakes_total", "outcome=\"" + outcome + "\"");
  }

  private static String currentDatabase(ConnectionString url) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select current_database()")) {
      row.next();
      return row.getString(1);
    }
  }
}
