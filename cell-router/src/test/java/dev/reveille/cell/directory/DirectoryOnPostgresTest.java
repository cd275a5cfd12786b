package dev.reveille.cell.directory;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogUnavailableException;
import dev.reveille.cell.Cell;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.cell.Route;
import dev.reveille.cell.Samples;
import dev.reveille.cell.TcpForwarder;
import dev.reveille.cell.TestPostgres;
import dev.reveille.cell.catalog.CatalogSettings;
import dev.reveille.cell.catalog.PostgresCatalog;
import dev.reveille.cell.manifest.ManifestFile;
import dev.reveille.cell.manifest.ManifestKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.reveille.cell.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DirectoryOnPostgresTest {
  private static final DirectorySettings SETTINGS = new DirectorySettings(
      Duration.ofMillis(100), Duration.ofHours(1), Duration.ofSeconds(6), 100);

  private final String database = TestPostgres.freshDatabase();
  /** What another proxy, or an operator, has: not cut off. */
  private final PostgresCatalog elsewhere = new PostgresCatalog(TestPostgres.settings(database));
  private final TcpForwarder forwarder = new TcpForwarder(TestPostgres.port());
  private final PostgresCatalog catalog = new PostgresCatalog(throughForwarder());
  private final CachedDirectory directory = follow(catalog, LastKnown.NOTHING);
  private final Queue<DirectoryChange> told = new ConcurrentLinkedQueue<>();
  private AccountId account = AccountId.random();

  @TempDir
  Path storage = Path.of("");

  private CatalogSettings throughForwarder() {
    return TestPostgres.settings(forwarder.port(), database)
        .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2));
  }

  private static CachedDirectory follow(PostgresCatalog catalog, LastKnown lastKnown) {
    return CachedDirectory.follow(
        catalog, SETTINGS, lastKnown, InstantSource.system(), System::nanoTime);
  }

  @BeforeEach
  void prepare() {
    Cell.defaults().forEach(elsewhere::registerCell);
    account = elsewhere.defaultAccount();
    directory.onChange(told::add);
    await().untilAsserted(() -> assertThat(directory.catalogReachable()).isTrue());
  }

  @AfterEach
  void close() throws Exception {
    directory.close();
    catalog.close();
    elsewhere.close();
    forwarder.close();
  }

  private Credential credential(String name) {
    elsewhere.createCredential(Samples.credential(name, account));
    return elsewhere.credential(name).orElseThrow();
  }

  private Route ready(String name) {
    Route route = elsewhere.createDatabase(Samples.newDatabase(account, name, Samples.CELL_A));
    elsewhere.markReady(route.database());
    return route;
  }

  private static <T> T now(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private void awaitReachable(boolean reachable) {
    await().untilAsserted(() -> assertThat(directory.catalogReachable()).isEqualTo(reachable));
  }

  @Test
  void a_revocation_elsewhere_is_known_here_soon() throws Exception {
    Credential credential = credential("a_x");
    assertThat(now(directory.credential("a_x"))).contains(credential);

    elsewhere.revokeCredential(credential.id());

    await().untilAsserted(
        () -> assertThat(told).contains(new DirectoryChange.CredentialChanged(credential.id())));
    assertThat(now(directory.credential("a_x")).orElseThrow().revoked()).isTrue();
  }

  @Test
  void an_outage_is_answered_from_the_cache_and_ends_with_the_truth() throws Exception {
    Credential credential = credential("a_x");
    now(directory.credential("a_x"));

    forwarder.set(TcpForwarder.State.CUT);
    awaitReachable(false);
    elsewhere.revokeCredential(credential.id());
    assertThat(now(directory.credential("a_x"))).contains(credential);
    assertThatThrownBy(() -> now(directory.credential("a_y")))
        .hasCauseInstanceOf(CatalogUnavailableException.class);

    forwarder.set(TcpForwarder.State.OPEN);
    awaitReachable(true);
    assertThat(now(directory.credential("a_x")).orElseThrow().revoked()).isTrue();
    assertThat(now(directory.credential("a_y"))).isEmpty();
  }

  @Test
  void a_catalog_that_no_longer_answers_is_noticed_though_its_connections_stay_open()
      throws Exception {
    Credential credential = credential("a_x");
    now(directory.credential("a_x"));

    forwarder.set(TcpForwarder.State.FROZEN);
    assertThatThrownBy(() -> now(directory.credential("a_y")))
        .hasCauseInstanceOf(CatalogUnavailableException.class);
    awaitReachable(false);
    assertThat(now(directory.credential("a_x"))).contains(credential);

    forwarder.set(TcpForwarder.State.OPEN);
    awaitReachable(true);
    assertThat(now(directory.credential("a_y"))).isEmpty();
  }

  @Test
  void a_notification_that_is_lost_is_made_good_by_the_poll() throws Exception {
    Route shop = ready("shop");
    assertThat(now(directory.route(account, "shop"))).isPresent();
    TestPostgres.execute(database, """
        create or replace function reveille.announce(subject text, id text, version bigint,
          aloud boolean) returns void language sql as $$
          insert into reveille.changes (version, subject, id) values ($3, $1, $2) $$""");

    elsewhere.dropDatabase(account, "shop");

    await().untilAsserted(
        () -> assertThat(told).contains(new DirectoryChange.RouteDropped(shop.database())));
    assertThat(now(directory.route(account, "shop"))).isEmpty();
  }

  @Test
  void a_proxy_that_starts_without_its_catalog_serves_what_its_cells_keep() throws Exception {
    Route shop = ready("shop");
    Credential credential = credential("a_x");
    Map<CellId, ManifestFile> files = Map.of(Samples.CELL_A,
        new ManifestFile(storage.resolve("manifest.json")));
    try (ManifestKeeper before = new ManifestKeeper(
        elsewhere, files, Duration.ofSeconds(60), InstantSource.system())) {
      before.start();
      await().untilAsserted(() -> assertThat(storage.resolve("manifest.json")).exists());
    }

    forwarder.set(TcpForwarder.State.CUT);
    try (PostgresCatalog gone = new PostgresCatalog(throughForwarder());
        ManifestKeeper keeper = new ManifestKeeper(gone, files, Duration.ofSeconds(60),
            InstantSource.system());
        CachedDirectory restarted = follow(gone, keeper)) {
      assertThat(now(restarted.credential("a_x"))).contains(credential);
      assertThat(now(restarted.route(account, "shop")).orElseThrow().database())
          .isEqualTo(shop.database());
      assertThatThrownBy(() -> now(restarted.route(account, "unknown")))
          .hasCauseInstanceOf(CatalogUnavailableException.class);
    }
  }
}
