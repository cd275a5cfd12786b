package dev.reveille.proxy.session;

import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.relay.RealPostgres;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessage.BackendKeyData;
import dev.reveille.wire.BackendMessage.CommandComplete;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.FrontendMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A credential that ends takes its sessions with it, wherever they are. The promise is three
 * seconds; the test allows for a machine that is busy with others, and prints what it measured.
 */
class EndingsTest {
  private static final Duration ALLOWED = Duration.ofSeconds(5);
  private static final Duration LIFE = Duration.ofMillis(400);
  private static final DatabaseScope ELSEWHERE = new DatabaseScope.Only(
      Set.of(new DatabaseId(new UUID(0, 0))));
  private static long slowest;

  /** Where a session is. */
  enum Place {
    IDLE, IN_TRANSACTION, COPYING_IN_TO_A_STALLED_COMPUTE, COPYING_OUT_TO_A_STALLED_CLIENT, IN_A_PIPELINE, EXECUTING, COMMITTING, WAITING_FOR_A_WAKE
  }

  /** What ends it. */
  enum Cause {
    REVOKED, EXPIRED, NARROWED, DROPPED
  }

  private final TestProxy proxy = new TestProxy(Samples.SETTINGS);
  private final List<BackendMessage> seen = new ArrayList<>();
  private Connection other;

  @BeforeAll
  static void tables() throws SQLException {
    try (var connection = RealPostgres.direct(); var statement = connection.createStatement()) {
      statement.execute("create table ending (id int primary key)");
      statement.execute("create function ending_slowly() returns trigger language plpgsql as"
          + " 'begin perform pg_sleep(20); return null; end'");
      statement.execute("create table committed (id int)");
      statement.execute("create constraint trigger slowly after insert on committed deferrable"
          + " initially deferred for each row execute function ending_slowly()");
    }
  }

  @AfterAll
  static void report() {
    System.out.println("slowest end: " + slowest + " ms");
  }

  @BeforeEach
  void connect() throws SQLException {
    other = RealPostgres.direct();
    proxy.directory.put(Given.validity(Given.credential("a_agent"), Given.NOW.minusSeconds(60),
        Given.NOW.plus(LIFE)));
  }

  @AfterEach
  void close() throws SQLException {
    other.close();
    proxy.close();
  }

  static Stream<Arguments> everywhere() {
    return Stream.of(Place.values())
        .flatMap(place -> Stream.of(Cause.values()).map(cause -> Arguments.of(place, cause)));
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void an_end_is_an_end(Place place, Cause cause) throws Exception {
    try (var client = new RawClient(proxy.port()).tls()) {
      client.startup("a_agent", "shop");
      var backend = begin(client, place);

      var began = System.nanoTime();
      end(cause);
      if (place != Place.COPYING_OUT_TO_A_STALLED_CLIENT) {
        readToEnd(client);
      }
      var told = millisSince(began);
      Awaitility.await().atMost(ALLOWED).untilAsserted(() -> {
        assertThat(backend.isPresent() && isAlive(backend.get())).as("backend").isFalse();
      });
      var left = millisSince(began);
      // The client keeps its connection open: it is closed under it.
      Awaitility.await()
          .atMost(ALLOWED)
          .untilAsserted(() -> assertThat(proxy.heard.closed).hasSize(1));
      var closed = millisSince(began);

      slowest = Math.max(slowest, closed);
      System.out.println(place + " " + cause + ": client told within " + told
          + " ms, compute left within " + left + " ms, closed within " + closed + " ms");
      assertThat(closed).isLessThan(ALLOWED.toMillis());
      assertThat(proxy.sessions.count()).isZero();
      assertThat(proxy.sessions.held()).isZero();
      judge(place, cause);
    }
  }

  /** Brings a session there; answers the process of its compute, if it has one. */
  private Optional<Integer> begin(RawClient client, Place place) throws Exception {
    if (place == Place.WAITING_FOR_A_WAKE) {
      proxy.computes.script = Optional::empty;
      client.prove(Given.SECRET);
      Awaitility.await().untilAsserted(() -> assertThat(proxy.computes.wakes).hasSize(1));
      return Optional.empty();
    }
    var backend = client.prove(Given.SECRET)
        .readTo(ReadyForQuery.class)
        .stream()
        .filter(BackendKeyData.class::isInstance)
        .map(key -> ((BackendKeyData) key).processId())
        .findFirst();
    switch (place) {
      case IDLE, WAITING_FOR_A_WAKE -> {
      }
      case IN_TRANSACTION -> answered(client, "begin");
      case COPYING_IN_TO_A_STALLED_COMPUTE -> copyIn(client);
      case COPYING_OUT_TO_A_STALLED_CLIENT -> {
        ask(client, "copy (select repeat('x', 1000) from generate_series(1, 1000000)) to stdout");
        awaitWait(backend.orElseThrow(), "ClientWrite");
      }
      case IN_A_PIPELINE -> {
        for (int i = 0; i < 100; i++) {
          ask(client, "select pg_sleep(0.3)");
        }
        awaitWait(backend.orElseThrow(), "PgSleep");
      }
      case EXECUTING -> {
        ask(client, "select pg_sleep(1000)");
        awaitWait(backend.orElseThrow(), "PgSleep");
      }
      case COMMITTING -> {
        answered(client, "begin");
        answered(client, "insert into committed values (1)");
        ask(client, "commit");
        awaitWait(backend.orElseThrow(), "PgSleep");
      }
    }
    return backend;
  }

  /** Another transaction has the first key: the compute waits for it with its input full. */
  private void copyIn(RawClient client) throws Exception {
    other.setAutoCommit(false);
    try (var statement = other.createStatement()) {
      statement.execute("insert into ending values (1)");
    }
    ask(client, "copy ending from stdin");
    client.readTo(BackendMessage.Other.class);
    var rows = new StringBuilder();
    for (int i = 1; i <= 2_000; i++) {
      rows.append(i).append('\n');
    }
    var data = rows.toString().getBytes(StandardCharsets.US_ASCII);
    client.send(out -> out.writeByte('d').writeInt(4 + data.length).writeBytes(data));
    CompletableFuture.runAsync(() -> {
      try {
        while (true) {
          client.send(out -> out.writeByte('d').writeInt(4 + data.length).writeBytes(data));
        }
      } catch (IOException ended) {
        // As it should.
      }
    });
    Awaitility.await().untilAsserted(() -> assertThat(waiting("transactionid")).isPositive());
  }

  private static long millisSince(long began) {
    return Duration.ofNanos(System.nanoTime() - began).toMillis();
  }

  private void end(Cause cause) {
    var credential = Objects.requireNonNull(proxy.directory.credentials.get("a_agent"));
    switch (cause) {
      case REVOKED -> proxy.directory.put(Given.revoked(credential));
      case EXPIRED -> proxy.now = Given.NOW.plus(LIFE);
      case NARROWED -> proxy.directory.put(Given.scoped(credential, ELSEWHERE));
      case DROPPED -> {
        proxy.computes.attached.forEach(session -> session.end(EndReason.DROPPED));
        proxy.computes.wakes.forEach(wake -> wake.answer.complete(new WakeOutcome.Dropped()));
      }
    }
  }

  private void judge(Place place, Cause cause) throws SQLException {
    assertThat(seen).noneMatch(message -> message instanceof CommandComplete complete
        && complete.tag().equals("COMMIT"));
    if (place != Place.COPYING_OUT_TO_A_STALLED_CLIENT) {
      assertThat(seen.getLast()).isInstanceOfSatisfying(ErrorResponse.class,
          error -> assertThat(error.fields().sqlState()).isEqualTo(sqlState(place, cause)));
    }
    try (var statement = other.createStatement();
        var rows = statement.executeQuery("select count(*) from committed")) {
      rows.next();
      assertThat(rows.getInt(1)).as("commits").isZero();
    }
  }

  private static String sqlState(Place place, Cause cause) {
    if (place != Place.WAITING_FOR_A_WAKE) {
      return "57P01";
    }
    return switch (cause) {
      case REVOKED, EXPIRED -> "28000";
      case NARROWED -> "57P01";
      case DROPPED -> "3D000";
    };
  }

  private void readToEnd(RawClient client) {
    try {
      while (true) {
        seen.add(client.read());
      }
    } catch (IOException end) {
      // The end of the stream, or a reset where the client went on sending.
    }
  }

  private static void ask(RawClient client, String sql) throws IOException {
    client.send(out -> FrontendMessages.query(out, sql));
  }

  private static void answered(RawClient client, String sql) throws IOException {
    ask(client, sql);
    client.readTo(ReadyForQuery.class);
  }

  private static void awaitWait(int backend, String event) {
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(count("pid = " + backend + " and wait_event = '" + event + "'"))
                .isPositive());
  }

  private static int waiting(String event) throws SQLException {
    return count("wait_event = '" + event + "'");
  }

  private static boolean isAlive(int backend) throws SQLException {
    return count("pid = " + backend) > 0;
  }

  private static int count(String which) throws SQLException {
    try (var connection = RealPostgres.direct();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from pg_stat_activity where " + which)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
