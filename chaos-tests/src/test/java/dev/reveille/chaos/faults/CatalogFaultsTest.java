package dev.reveille.chaos.faults;

import dev.reveille.chaos.harness.BarePostgres;
import dev.reveille.chaos.harness.Baseline;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.harness.StorageWatch;
import dev.reveille.chaos.harness.Toxiproxy;
import eu.rekawek.toxiproxy.Proxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A bad network between the proxy and its catalog: what exists is served, what is new may wait. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogFaultsTest {
  private BarePostgres catalog;
  private final Started started = new Started();
  private RunningReveille reveille;
  private Toxiproxy toxiproxy;
  private Proxy network;
  private ConnectionString url;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    toxiproxy = started.add(Toxiproxy.start());
    catalog = started.add(BarePostgres.start());
    network = toxiproxy.inFrontOf("catalog", catalog.port());
    Path secret = Files.writeString(directory.resolve("secret"), BarePostgres.SECRET);
    reveille = started.add(RunningReveille.start(Setup.configured("""
        catalog:
          url: jdbc:postgresql://127.0.0.1:%d/postgres?sslmode=disable
          user: %s
          password-file: %s
          poll: 1s
        """.formatted(Toxiproxy.portOf(network), BarePostgres.SUPERUSER, secret))));
    url = reveille.create("shop");
    url.connect().close();
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Fault.class)
  void a_sleeping_database_wakes_whatever_happens_to_the_catalog(Fault fault) throws Exception {
    Baseline before = Baseline.of(reveille);
    String fresh = "during_" + fault.name().toLowerCase(Locale.ROOT);
    reveille.control("suspend", "shop");
    try (StorageWatch watch = StorageWatch.start()) {
      fault.inflict(toxiproxy, network);
      boolean created;
      try {
        assertThat(answer(url)).isEqualTo("shop");
        created = isCreated(fresh);
        assertThat(answer(url)).isEqualTo("shop");
      } finally {
        fault.heal(toxiproxy, network);
      }
      assertThat(created || !fault.harmless()).as("created under a harmless fault").isTrue();
      reveille.awaitReady();
      assertCreatable(created ? "after_" + fresh : fresh);
      assertThat(watch).isNotNull();
    }
    before.assertSettles();
  }

  /** A create that failed half way must not keep its name for ever. */
  private void assertCreatable(String name) throws IOException {
    ConnectionString made = soon(() -> reveille.create(name));
    assertThat(soon(() -> answer(made))).isEqualTo(name);
    reveille.control("drop", name);
  }

  /** What is told to be safe to try again is tried again. */
  private static <T> T soon(Callable<T> what) {
    List<T> got = new ArrayList<>();
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .untilAsserted(() -> got.add(what.call()));
    return got.getFirst();
  }

  /** Whether it was made; if not, the caller was told so, and did not wait for ever. */
  private boolean isCreated(String name) {
    try {
      reveille.control("create", name);
      return true;
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("It is safe to try again");
      return false;
    }
  }

  private static String answer(ConnectionString where) throws SQLException {
    try (var connection = where.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select current_database()")) {
      rows.next();
      return rows.getString(1);
    }
  }
}
