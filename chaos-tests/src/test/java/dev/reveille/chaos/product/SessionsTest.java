package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Tools;
import dev.reveille.wire.BackendMessage.BackendKeyData;
import dev.reveille.wire.BackendMessage.NegotiateProtocolVersion;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** Protocol versions, cancel keys and psql's own ways in, on sessions that are let in. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionsTest {
  private static final long SEED = 1974;
  private static final String CANCELED = "57014";

  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString url;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL));
    url = reveille.create("shop");
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void protocol_3_2_is_spoken_with_a_long_cancel_key() throws Exception {
    try (WireClient newer = started(ProtocolVersion.V3_2, Map.of());
        WireClient older = started(ProtocolVersion.V3_0, Map.of())) {
      assertThat(WireClient.key(newer.readTo(ReadyForQuery.class)).secret().length())
          .isEqualTo(32);
      assertThat(newer.negotiated()).isEmpty();
      assertThat(WireClient.key(older.readTo(ReadyForQuery.class)).secret().length())
          .isEqualTo(4);
    }
  }

  @Test
  void a_newer_protocol_and_unknown_extensions_are_negotiated_down() throws Exception {
    try (WireClient client = started(new ProtocolVersion(3, 9), Map.of("_pq_.future", "on"))) {
      assertThat(client.negotiated())
          .contains(new NegotiateProtocolVersion(2, List.of("_pq_.future")));
      assertThat(WireClient.key(client.readTo(ReadyForQuery.class)).secret().length())
          .isEqualTo(32);
      assertThat(WireClient.values(client.query("select 1"))).containsExactly("1");
    }
  }

  private WireClient started(ProtocolVersion version, Map<String, String> more)
      throws IOException {
    Map<String, String> parameters = new HashMap<>(more);
    parameters.put("user", url.user());
    parameters.put("database", url.database());
    return WireClient.secured(reveille).startup(version, parameters).prove(url.secret());
  }

  @Test
  void a_query_is_cancelled_in_plaintext_and_under_tls() throws Exception {
    for (ProtocolVersion version : List.of(ProtocolVersion.V3_0, ProtocolVersion.V3_2)) {
      try (WireClient client = started(version, Map.of())) {
        BackendKeyData key = WireClient.key(client.readTo(ReadyForQuery.class));
        for (boolean tls : List.of(false, true)) {
          client.ask("select pg_sleep(60)");
          awaitSleeper();

          cancel(key, tls);

          assertThat(WireClient.errors(client.readTo(ReadyForQuery.class)))
              .containsExactly(CANCELED);
        }
      }
    }
  }

  private void awaitSleeper() throws IOException {
    try (WireClient watching = WireClient.loggedIn(reveille, url)) {
      // Its own name, as which the other session logged in, may see what that session runs.
      watching.query("set role none");
      Awaitility.await()
          .untilAsserted(() -> assertThat(WireClient.values(watching.query(
              "select count(*) from pg_stat_activity where query = 'select pg_sleep(60)'"
                  + " and wait_event = 'PgSleep'")))
              .containsExactly("1"));
    }
  }

  @Test
  void a_wrong_key_cancels_nothing() throws Exception {
    try (WireClient client = WireClient.secured(reveille).startup(url).prove(url.secret())) {
      BackendKeyData key = WireClient.key(client.readTo(ReadyForQuery.class));
      byte[] secret = key.secret().bytes();
      secret[0] ^= 1;
      client.ask("select pg_sleep(0.7)");
      cancel(new BackendKeyData(key.processId(), CancelSecret.of(secret)), false);
      cancel(new BackendKeyData(key.processId() ^ 1, key.secret()), true);

      assertThat(WireClient.errors(client.readTo(ReadyForQuery.class))).isEmpty();
    }
  }

  @Test
  void a_cancel_never_hits_a_later_query() throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    try (WireClient client = WireClient.secured(reveille).startup(url).prove(url.secret());
        ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      BackendKeyData key = WireClient.key(client.readTo(ReadyForQuery.class));
      int hit = 0;
      for (int round = 0; round < 60; round++) {
        long delay = random.nextLong(25_000_000);
        client.ask("select pg_sleep(0.01)");
        Future<?> cancel = other.submit(() -> {
          LockSupport.parkNanos(delay);
          cancel(key, false);
          return null;
        });
        hit += WireClient.errors(client.readTo(ReadyForQuery.class)).size();
        cancel.get();

        assertThat(WireClient.errors(client.query("select pg_sleep(0.02)")))
            .as("errors of the query after round " + round)
            .isEmpty();
      }
      System.out.println(hit + " of 60 were cancelled");
    }
  }

  /** As libpq does: waits until the connection has been closed. */
  private void cancel(BackendKeyData key, boolean tls) throws IOException {
    try (WireClient cancelling = WireClient.to(reveille.port())) {
      if (tls) {
        cancelling.tls(WireClient.root(reveille));
      }
      cancelling.send(out -> FrontendMessages.cancelRequest(out, key.processId(), key.secret()));
      assertThat(cancelling.rest()).as("answer to a cancel request").isEmpty();
    }
  }

  @Test
  void psql_verifies_the_printed_root_and_may_require_channel_binding() {
    String root = reveille.run("ca");
    ConnectionString verified = url.with("sslmode", "verify-full").with("sslrootcert", root);

    assertThat(psql(verified).orThrow().out()).isEqualTo("shop\n");
    assertThat(psql(verified.with("channel_binding", "require")).orThrow().out())
        .isEqualTo("shop\n");
    assertThat(psql(verified.with("sslmode", "disable")).err())
        .contains("connection requires TLS")
        .contains("sslmode=require");
    assertThat(psql(verified.toDatabase("nope")).err())
        .contains("database \"nope\" does not exist");
  }

  private static Command.Outcome psql(ConnectionString how) {
    return Command.of(Tools.pgProgram("psql").toString(), "-XAt", how.text(), "-c",
        "select current_database()").run();
  }
}
