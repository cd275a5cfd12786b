package dev.reveille.proxy.session;

import dev.reveille.auth.Secret;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.Unpooled;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Whole sessions, over real sockets and to a real Postgres; directory and computes are fakes. */
class SessionOverSocketsTest {
  private static final SessionSettings SETTINGS = new SessionSettings(Duration.ofSeconds(20),
      Duration.ofMillis(50), Duration.ofSeconds(20), Duration.ofMillis(50), Duration.ofMillis(5),
      Duration.ofMillis(50), false, 64 * 1024, 1000, 1000);

  private final TestProxy proxy = new TestProxy(SETTINGS);

  @AfterEach
  void nothingIsLeft() {
    await().untilAsserted(() -> assertThat(proxy.sessions.count()).isZero());
    assertThat(proxy.sessions.held()).isZero();
    assertThat(proxy.computes.attached).isEmpty();
    assertThat(proxy.cancelKeys.live()).isZero();
    assertThat(proxy.heard.closed).hasSize(proxy.heard.opened.get());
    proxy.close();
  }

  @Test
  void a_driver_reaches_postgres_through_tls_and_scram() throws Exception {
    try (var connection = DriverManager.getConnection(proxy.url("sslmode=verify-full&sslrootcert="
        + TestProxy.rootCertificate()));
        var rows = connection.createStatement().executeQuery("select 40 + 2")) {
      rows.next();

      assertThat(rows.getInt(1)).isEqualTo(42);
    }
    assertThat(proxy.computes.wakes).hasSize(1);
    assertThat(proxy.heard.ready).hasSize(1);
    assertThat(proxy.heard.ready.getFirst().nanos()).containsOnlyKeys(Phase.STARTUP, Phase.TLS,
        Phase.AUTH, Phase.ROUTE, Phase.WAKE, Phase.CONNECT);
  }

  @Test
  void channel_binding_works_with_the_certificate_that_was_served() throws Exception {
    try (var connection = DriverManager.getConnection(
        proxy.url("sslmode=require&channelBinding=require"))) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void plaintext_is_refused_and_nothing_is_woken() {
    assertThatThrownBy(() -> DriverManager.getConnection(proxy.url("sslmode=disable")))
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getSQLState()).isEqualTo("28000"))
        .hasMessageContaining("connection requires TLS")
        .hasMessageContaining("sslmode=require");
    assertThat(proxy.computes.wakes).isEmpty();
  }

  @Test
  void unknown_user_and_wrong_secret_are_told_apart_by_nothing_but_their_names() throws Exception {
    var wrong = refusal("a_agent", "shop", Secret.ofText("wk_wrong"));
    var unknown = refusal("a_nobod", "shop", Secret.ofText("wk_wrong"));
    var elsewhere = refusal("a_agent", "nope", Secret.ofText("wk_wrong"));

    assertThat(new String(wrong, UTF_8))
        .contains("password authentication failed for user \"a_agent\"");
    assertThat(new String(unknown, UTF_8)
        .replace("a_nobod", "a_agent")
        .getBytes(UTF_8))
        .isEqualTo(wrong);
    assertThat(elsewhere).isEqualTo(wrong);
    assertThat(proxy.computes.wakes).isEmpty();
  }

  private byte[] refusal(String user, String database, Secret secret) throws Exception {
    try (var client = new RawClient(proxy.port()).tls()) {
      return client.startup(user, database).prove(secret).readToEnd();
    }
  }

  @Test
  void an_unknown_database_is_said_only_after_proof() throws Exception {
    try (var client = new RawClient(proxy.port()).tls()) {
      var error = (BackendMessage.ErrorResponse) client.startup("a_agent", "nope")
          .prove(Given.SECRET)
          .readTo(BackendMessage.ErrorResponse.class)
          .getLast();

      assertThat(error.fields().sqlState()).isEqualTo("3D000");
      assertThat(error.fields().message()).isEqualTo("database \"nope\" does not exist");
      assertThat(client.ended()).isTrue();
    }
    assertThat(proxy.computes.wakes).isEmpty();
  }

  @Test
  void direct_tls_needs_the_application_protocol() throws Exception {
    try (var client = new RawClient(proxy.port()).handshake("postgresql")) {
      assertThat(client.startup("a_agent", "shop")
          .prove(Given.SECRET)
          .readTo(BackendMessage.ReadyForQuery.class)).isNotEmpty();
      client.send(FrontendMessages::terminate);
    }
    try (var client = new RawClient(proxy.port()).handshake()) {
      assertThat(client.readToEnd()).isEmpty();
    }
  }

  @Test
  void a_byte_behind_the_ssl_request_ends_the_connection() throws Exception {
    try (var client = new RawClient(proxy.port())) {
      client.send(out -> {
        FrontendMessages.sslRequest(out);
        FrontendMessages.startup(out, ProtocolVersion.V3_0, Map.of("user", "a_agent"));
      });

      assertThat(new String(client.readToEnd(), UTF_8))
          .startsWith("E")
          .contains("08P01")
          .contains("received unencrypted data after SSL request");
    }
  }

  @Test
  void five_hundred_silent_probes_leave_nothing() throws Exception {
    for (var i = 0; i < 500; i++) {
      new RawClient(proxy.port()).close();
    }
    await().untilAsserted(() -> assertThat(proxy.heard.closed).hasSize(500)
        .containsOnly(CloseReason.PROBE));
    assertThat(proxy.heard.refused).isEmpty();
  }

  @Test
  void what_a_client_sends_ahead_is_answered() throws Exception {
    proxy.computes.script = Optional::empty;
    try (var client = new RawClient(proxy.port()).tls()) {
      client.startup("a_agent", "shop").prove(Given.SECRET);
      client.readTo(BackendMessage.AuthenticationOk.class);
      client.send(out -> FrontendMessages.query(out, "select 7"));
      var notice = (BackendMessage.NoticeResponse) client.read();
      assertThat(notice.fields().message()).isEqualTo("database \"shop\" is waking up");

      proxy.computes.wakes.getFirst().answer
          .complete(new WakeOutcome.Ready(TestProxy.endpoint(1, 40), true));

      client.readTo(BackendMessage.ReadyForQuery.class);
      assertThat(client.readTo(BackendMessage.ReadyForQuery.class))
          .filteredOn(BackendMessage.DataRow.class::isInstance)
          .containsExactly(new BackendMessage.DataRow(List.of("7")));
      client.send(FrontendMessages::terminate);
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void a_client_that_leaves_while_it_waits_is_no_demand() throws Exception {
    proxy.computes.script = Optional::empty;
    try (var client = new RawClient(proxy.port()).tls()) {
      client.startup("a_agent", "shop").prove(Given.SECRET);
      client.readTo(BackendMessage.NoticeResponse.class);
      assertThat(proxy.computes.wakes.getFirst().abandoned).isFalse();
    }
    await().untilAsserted(
        () -> assertThat(proxy.computes.wakes.getFirst().abandoned).isTrue());
    await().untilAsserted(
        () -> assertThat(proxy.heard.closed).containsExactly(CloseReason.CLIENT_LOST));
  }

  @Test
  void more_clients_than_connections_take_turns() throws Exception {
    proxy.computes.script = () -> Optional
        .of(new WakeOutcome.Ready(TestProxy.endpoint(1, 2), false));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new java.util.ArrayList<CompletableFuture<Integer>>();
      for (var i = 0; i < 12; i++) {
        all.add(CompletableFuture.supplyAsync(this::one, threads));
      }
      all.forEach(one -> assertThat(one.join()).isEqualTo(1));
    }
  }

  private int one() {
    try (var connection = DriverManager.getConnection(proxy.url("sslmode=require"));
        var rows = connection.createStatement().executeQuery("select 1")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void the_computes_own_refusal_is_passed_on_whole() throws Exception {
    assertThatThrownBy(() -> DriverManager.getConnection(
        proxy.url("sslmode=require&options=-c%20no_such_setting=1")))
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getSQLState()).isEqualTo("42704"))
        .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"");
  }

  @Test
  void startup_parameters_reach_the_compute_unchanged() throws Exception {
    try (var connection = DriverManager.getConnection(proxy.url(
        "sslmode=require&ApplicationName=till&options=-c%20search_path=a,\\%20b%20--work-mem=8MB"));
        var rows = connection.createStatement()
            .executeQuery(
                "select current_setting('application_name'), current_setting('search_path'),"
                    + " current_setting('work_mem')")) {
      rows.next();
      assertThat(List.of(rows.getString(1), rows.getString(2), rows.getString(3)))
          .containsExactly("till", "a, b", "8MB");
    }
  }

  @Test
  void a_statement_is_cancelled_with_the_proxys_own_key() throws Exception {
    try (var connection = DriverManager.getConnection(proxy.url("sslmode=require"));
        var statement = connection.createStatement()) {
      var sleeping = CompletableFuture.runAsync(() -> {
        try {
          statement.execute("select pg_sleep(60)");
        } catch (SQLException e) {
          throw new IllegalStateException(e.getSQLState(), e);
        }
      });
      await().untilAsserted(() -> {
        statement.cancel();
        assertThat(sleeping).isDone();
      });
      assertThatThrownBy(sleeping::join).hasRootCauseInstanceOf(SQLException.class)
          .hasMessageContaining("57014");
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void a_newer_protocol_is_negotiated_down() throws Exception {
    try (var client = new RawClient(proxy.port()).tls()) {
      client.startup(new ProtocolVersion(3, 9),
          Map.of("user", "a_agent", "database", "shop", "_pq_.wings", "2"));

      assertThat(client.read()).isEqualTo(
          new BackendMessage.NegotiateProtocolVersion(2, List.of("_pq_.wings")));
      client.prove(Given.SECRET);
      var greeting = client.readTo(BackendMessage.ReadyForQuery.class);
      var key = greeting.stream()
          .filter(BackendMessage.BackendKeyData.class::isInstance)
          .map(BackendMessage.BackendKeyData.class::cast)
          .findFirst()
          .orElseThrow();
      assertThat(key.secret().length()).isEqualTo(32);
    }
  }

  @Test
  void a_session_at_rest_is_held_and_ended_by_a_suspend() throws Exception {
    try (var client = new RawClient(proxy.port()).tls()) {
      client.startup("a_agent", "shop").prove(Given.SECRET);
      client.readTo(BackendMessage.ReadyForQuery.class);
      var session = proxy.computes.attached.getFirst();
      assertThat(session.hold().toCompletableFuture().join()).isTrue();
      session.release();
      client.send(out -> FrontendMessages.query(out, "select pg_sleep(0.3)"));
      await().until(() -> !session.hold().toCompletableFuture().join());
      client.readTo(BackendMessage.ReadyForQuery.class);
      await().until(() -> session.hold().toCompletableFuture().join());

      session.end(dev.reveille.compute.EndReason.SUSPENDED);

      var error = (BackendMessage.ErrorResponse) client.read();
      assertThat(error.fields().sqlState()).isEqualTo("57P01");
      assertThat(error.fields().hint()).isPresent();
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void a_drain_ends_what_rests_and_waits_for_what_runs() throws Exception {
    try (var resting = new RawClient(proxy.port()).tls();
        var running = new RawClient(proxy.port()).tls()) {
      for (var client : List.of(resting, running)) {
        client.startup("a_agent", "shop").prove(Given.SECRET);
        client.readTo(BackendMessage.ReadyForQuery.class);
      }
      running.send(out -> FrontendMessages.query(out, "select pg_sleep(0.5), 9"));
      await().until(() -> proxy.computes.attached.stream()
          .anyMatch(session -> !session.atRest()));

      proxy.stopAccepting();
      var drained = proxy.sessions.drain(Duration.ofSeconds(10)).toCompletableFuture();

      assertThat(((BackendMessage.ErrorResponse) resting.read()).fields().sqlState())
          .isEqualTo("57P01");
      assertThat(resting.ended()).isTrue();
      assertThat(running.readTo(BackendMessage.ReadyForQuery.class))
          .anyMatch(BackendMessage.DataRow.class::isInstance);
      assertThat(((BackendMessage.ErrorResponse) running.read()).fields().sqlState())
          .isEqualTo("57P01");
      running.leave();
      resting.leave();
      drained.join();
    }
  }

  @Test
  void a_revoked_credential_ends_its_session() throws Exception {
    try (var client = new RawClient(proxy.port()).tls()) {
      client.startup("a_agent", "shop").prove(Given.SECRET);
      client.readTo(BackendMessage.ReadyForQuery.class);
      client.send(out -> FrontendMessages.query(out, "select pg_sleep(60)"));

      proxy.directory.put(Given.revoked(Given.credential("a_agent")));

      var errors = new String(client.readToEnd(), UTF_8);
      assertThat(errors).contains("57P01").contains("has been revoked");
    }
  }

  @Test
  void garbage_is_refused_in_the_protocols_own_words() throws Exception {
    try (var client = new RawClient(proxy.port())) {
      client.send(Unpooled.buffer().writeInt(9).writeInt(196608).writeByte(1).array());
      assertThat(new String(client.readToEnd(), UTF_8))
          .contains("08P01");
    }
  }
}
