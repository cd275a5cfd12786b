package dev.reveille.chaos.faults;

import dev.reveille.chaos.harness.BarePostgres;
import dev.reveille.chaos.harness.Baseline;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.harness.Toxiproxy;
import dev.reveille.chaos.harness.WritingLoad;
import eu.rekawek.toxiproxy.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A bad network between the proxy and a compute that is reached over TCP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComputeSideFaultsTest {
  private BarePostgres postgres;
  private final Started started = new Started();
  private RunningReveille reveille;
  private Toxiproxy toxiproxy;
  private Proxy network;
  private ConnectionString url;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    toxiproxy = started.add(Toxiproxy.start());
    postgres = started.add(BarePostgres.start());
    network = toxiproxy.inFrontOf("compute", postgres.port());
    Path secret = Files.writeString(directory.resolve("secret"), BarePostgres.SECRET);
    reveille = started.add(RunningReveille.start(Setup.configured("""
        cells:
          - id: far
            kind: static
            host: 127.0.0.1
            port: %d
            tls: disable
            databases: [postgres_far]
            logins:
              - role: %s
                password-file: %s
        wake:
          deadline: 4s
        """.formatted(Toxiproxy.portOf(network), BarePostgres.SUPERUSER, secret))));
    try (var connection = postgres.connect(); var statement = connection.createStatement()) {
      statement.execute("create database postgres_far");
    }
    url = ConnectionString.parse(reveille.run("url", "postgres_far")).with("socketTimeout", "6");
    WritingLoad.prepare(url);
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Fault.class)
  void acknowledged_commits_survive_and_nothing_is_left(Fault fault) throws Exception {
    Baseline before = Baseline.of(reveille);
    try (WritingLoad load = WritingLoad.start(url, 3)) {
      load.awaitMore(30);
      new Ordeal(fault, toxiproxy, network, url).impose(load);
      load.awaitMore(30);
      load.stop();
      load.assertNothingLostOrRepeated(postgres.url().toDatabase("postgres_far"));
    }
    before.assertSettles();
    assertNobodyConnected();
  }

  @Test
  void a_client_is_told_within_the_deadline_that_a_half_open_compute_does_not_answer()
      throws Exception {
    Baseline before = Baseline.of(reveille);
    toxiproxy.freeze();
    try {
      assertThatThrownBy(url::connect)
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getSQLState()).isEqualTo("57P03"));
    } finally {
      toxiproxy.thaw();
    }
    before.assertSettles();
    url.connect().close();
  }

  private void assertNobodyConnected() throws SQLException {
    try (var connection = postgres.connect(); var statement = connection.createStatement()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(50))
          .untilAsserted(() -> {
            try (var rows = statement.executeQuery(
                "select count(*) from pg_stat_activity where datname = 'postgres_far'")) {
              rows.next();
              assertThat(rows.getInt(1)).as("connections left on the compute").isZero();
            }
          });
    }
  }
}
