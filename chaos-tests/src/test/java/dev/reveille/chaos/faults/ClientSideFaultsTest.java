package dev.reveille.chaos.faults;

import dev.reveille.chaos.harness.Baseline;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.harness.Toxiproxy;
import dev.reveille.chaos.harness.WritingLoad;
import eu.rekawek.toxiproxy.Proxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A bad network between clients and the proxy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientSideFaultsTest {
  private final Started started = new Started();
  private RunningReveille reveille;
  private Toxiproxy toxiproxy;
  private Proxy network;
  private ConnectionString direct;
  private ConnectionString faulty;

  @BeforeAll
  void start() throws Exception {
    toxiproxy = started.add(Toxiproxy.start());
    reveille = started.add(RunningReveille.start(Setup.configured("""
        limits:
          login-deadline: 3s
        """)));
    network = toxiproxy.inFrontOf("clients", reveille.port());
    direct = reveille.create("shop");
    faulty = direct.atPort(Toxiproxy.portOf(network)).with("socketTimeout", "6");
    WritingLoad.prepare(direct);
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Fault.class)
  void acknowledged_commits_survive_and_nothing_is_left(Fault fault) throws Exception {
    Baseline before = Baseline.of(reveille);
    try (WritingLoad load = WritingLoad.start(faulty, 3)) {
      load.awaitMore(30);
      new Ordeal(fault, toxiproxy, network, faulty).impose(load);
      load.awaitMore(30);
      load.stop();
      load.assertNothingLostOrRepeated(direct);
    }
    before.assertSettles();
  }

  @Test
  void a_client_that_says_nothing_is_dropped_after_the_login_deadline()
      throws IOException, SQLException {
    Baseline before = Baseline.of(reveille);
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), reveille.port())) {
      silent.setSoTimeout(20_000);
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
    before.assertSettles();
  }

  @Test
  void a_query_whose_client_vanished_is_cancelled() throws Exception {
    Baseline before = Baseline.of(reveille);
    Thread client = Thread.ofPlatform().start(() -> {
      try (var connection = faulty.connect(); var statement = connection.createStatement()) {
        statement.execute("with held as materialized (select pg_advisory_xact_lock(77))"
            + " select pg_sleep(300) from held");
      } catch (SQLException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    });
    awaitSleepers(1);
    network.disable();
    awaitSleepers(0);
    network.enable();
    assertThat(client.join(Duration.ofSeconds(20))).isTrue();
    before.assertSettles();
  }

  private void awaitSleepers(int count) throws SQLException {
    try (var connection = direct.connect(); var statement = connection.createStatement()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(50))
          .untilAsserted(() -> {
            try (var rows = statement.executeQuery(
                "select count(*) from pg_locks where locktype = 'advisory' and objid = 77")) {
              rows.next();
              assertThat(rows.getInt(1)).isEqualTo(count);
            }
          });
    }
  }
}
