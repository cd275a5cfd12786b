package dev.reveille.cell.directory;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogReader.Subject;
import dev.reveille.cell.CatalogUnavailableException;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.cell.FakeCatalog;
import dev.reveille.cell.Route;
import dev.reveille.cell.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.reveille.cell.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CachedDirectoryTest {
  private static final Duration STALENESS = Duration.ofHours(1);
  private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");

  private final AccountId account = AccountId.random();
  private final FakeCatalog catalog = new FakeCatalog();
  private final AtomicLong nanos = new AtomicLong(System.nanoTime());
  private final KnownThings kept = new KnownThings();
  private final Queue<DirectoryChange> told = new ConcurrentLinkedQueue<>();
  private CachedDirectory directory = follow(catalog);

  private static final class KnownThings implements LastKnown {
    volatile Optional<Known<Credential>> credential = Optional.empty();
    volatile Optional<Known<Route>> route = Optional.empty();

    @Override
    public Optional<Known<Credential>> credential(String name) {
      return credential;
    }

    @Override
    public Optional<Known<Route>> route(AccountId account, String databaseName) {
      return route;
    }
  }

  private CachedDirectory follow(FakeCatalog followed) {
    DirectorySettings settings = new DirectorySettings(
        Duration.ofMillis(20), STALENESS, Duration.ofSeconds(30), 100);
    CachedDirectory made = CachedDirectory.follow(followed, settings, kept, () -> NOW, nanos::get);
    made.onChange(told::add);
    return made;
  }

  @AfterEach
  void close() {
    directory.close();
  }

  private void awaitPolls(int more) {
    int target = catalog.polls.get() + more;
    await().untilAsserted(() -> assertThat(catalog.polls.get()).isGreaterThanOrEqualTo(target));
  }

  private void takeCatalogAway() {
    catalog.gone = true;
    await().untilAsserted(() -> assertThat(directory.catalogReachable()).isFalse());
  }

  private static <T> T now(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void what_was_found_is_not_asked_again() throws Exception {
    awaitPolls(2);
    catalog.credentials.put("a_x", Samples.credential("a_x", account));

    now(directory.credential("a_x"));
    now(directory.credential("a_x"));

    assertThat(catalog.lookups).hasValue(1);
  }

  @Test
  void absence_is_asked_again_each_time() throws Exception {
    awaitPolls(2);
    assertThat(now(directory.route(account, "shop"))).isEmpty();

    catalog.routes.put("shop", Samples.route(DatabaseId.random(), account, "shop", 1));

    assertThat(now(directory.route(account, "shop"))).isPresent();
  }

  @Test
  void a_name_that_cannot_exist_does_not_reach_the_catalog() throws Exception {
    assertThat(now(directory.credential("Robert'); drop"))).isEmpty();
    assertThat(now(directory.route(account, "postgres"))).isEmpty();
    assertThat(now(directory.route(account, "x".repeat(64)))).isEmpty();

    assertThat(catalog.lookups).hasValue(0);
  }

  @Test
  void many_lookups_of_one_key_are_one_load() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FakeCatalog slow = new FakeCatalog() {
      @Override
      public Optional<Credential> credential(String name) {
        awaitQuietly(go);
        return super.credential(name);
      }
    };
    slow.credentials.put("a_x", Samples.credential("a_x", account));
    directory.close();
    directory = follow(slow);
    await().untilAsserted(() -> assertThat(slow.polls.get()).isGreaterThan(1));

    List<CompletionStage<Optional<Credential>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(directory.credential("a_x"));
    }
    go.countDown();

    for (CompletionStage<Optional<Credential>> one : all) {
      assertThat(now(one)).isPresent();
    }
    assertThat(slow.lookups).hasValue(1);
  }

  @Test
  void an_absence_found_before_one_asked_is_not_an_answer() throws Exception {
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    FakeCatalog slow = new FakeCatalog() {
      @Override
      public Optional<Route> route(AccountId of, String name) {
        Optional<Route> found = super.route(of, name);
        looked.countDown();
        awaitQuietly(go);
        return found;
      }
    };
    directory.close();
    directory = follow(slow);
    await().untilAsserted(() -> assertThat(slow.polls.get()).isGreaterThan(1));

    CompletionStage<Optional<Route>> early = directory.route(account, "shop");
    awaitQuietly(looked);
    slow.routes.put("shop", Samples.route(DatabaseId.random(), account, "shop", 1));
    CompletionStage<Optional<Route>> late = directory.route(account, "shop");
    go.countDown();

    assertThat(now(early)).isEmpty();
    assertThat(now(late)).isPresent();
  }

  @Test
  void a_change_is_seen_by_the_next_lookup_and_told_once() throws Exception {
    awaitPolls(2);
    told.clear();
    CredentialId id = CredentialId.random();
    catalog.credentials.put("a_x", Samples.credential(id, "a_x", account, 5, false));
    now(directory.credential("a_x"));

    catalog.credentials.put("a_x", Samples.credential(id, "a_x", account, 6, true));
    catalog.append(Subject.CREDENTIAL, id, 6);
    catalog.announce(Subject.CREDENTIAL, id, 6);

    assertThat(now(directory.credential("a_x")).orElseThrow().revoked()).isTrue();
    awaitPolls(3);
    assertThat(told).containsExactly(new DirectoryChange.CredentialChanged(id));
  }

  @Test
  void a_lost_notification_is_made_good_by_the_next_poll() throws Exception {
    awaitPolls(2);
    Route shop = Samples.route(DatabaseId.random(), account, "shop", 5);
    catalog.routes.put("shop", shop);
    now(directory.route(account, "shop"));

    catalog.routes.remove("shop");
    catalog.append(Subject.DATABASE_DROPPED, shop.database(), 6);

    await().untilAsserted(
        () -> assertThat(told).contains(new DirectoryChange.RouteDropped(shop.database())));
    assertThat(now(directory.route(account, "shop"))).isEmpty();
  }

  @Test
  void a_gap_in_the_stream_forgets_everything_and_says_so() throws Exception {
    awaitPolls(2);
    CredentialId id = CredentialId.random();
    catalog.credentials.put("a_x", Samples.credential(id, "a_x", account, 5, false));
    now(directory.credential("a_x"));
    told.clear();

    catalog.credentials.put("a_x", Samples.credential(id, "a_x", account, 6, true));
    catalog.gap = true;

    await().untilAsserted(
        () -> assertThat(told).containsExactly(new DirectoryChange.Resynchronized()));
    assertThat(now(directory.credential("a_x")).orElseThrow().revoked()).isTrue();
  }

  @Test
  void the_cache_answers_without_the_catalog_until_the_bound_on_staleness() throws Exception {
    catalog.credentials.put("a_x", Samples.credential("a_x", account));
    awaitPolls(2);
    now(directory.credential("a_x"));
    takeCatalogAway();

    nanos.addAndGet(STALENESS.toNanos() - 1_000_000);
    assertThat(now(directory.credential("a_x"))).isPresent();

    nanos.addAndGet(2_000_000);
    assertThatThrownBy(() -> now(directory.credential("a_x")))
        .hasCauseInstanceOf(CatalogUnavailableException.class);

    catalog.gone = false;
    await().untilAsserted(() -> assertThat(directory.catalogReachable()).isTrue());
    assertThat(now(directory.credential("a_x"))).isPresent();
  }

  @Test
  void what_the_cells_keep_answers_without_the_catalog_until_the_bound_on_staleness()
      throws Exception {
    takeCatalogAway();
    Credential known = Samples.credential("a_x", account);
    Route shop = Samples.route(DatabaseId.random(), account, "shop", 1);

    kept.credential = Optional.of(new LastKnown.Known<>(known, NOW.minus(STALENESS)));
    kept.route = Optional.of(new LastKnown.Known<>(shop, NOW.minus(STALENESS)));
    assertThat(now(directory.credential("a_x"))).contains(known);
    assertThat(now(directory.route(account, "shop"))).contains(shop);

    kept.credential = Optional
        .of(new LastKnown.Known<>(known, NOW.minus(STALENESS).minusMillis(1)));
    assertThatThrownBy(() -> now(directory.credential("a_x")))
        .hasCauseInstanceOf(CatalogUnavailableException.class)
        .hasMessageContaining("older than");
  }

  @Test
  void what_the_cells_keep_is_not_asked_while_the_catalog_answers() throws Exception {
    awaitPolls(2);
    kept.credential = Optional.of(new LastKnown.Known<>(Samples.credential("a_x", account), NOW));

    assertThat(now(directory.credential("a_x"))).isEmpty();
  }

  @Test
  void a_revocation_once_heard_of_outlives_the_catalog() throws Exception {
    awaitPolls(2);
    CredentialId id = CredentialId.random();
    Credential good = Samples.credential(id, "a_x", account, 5, false);
    catalog.credentials.put("a_x", good);
    now(directory.credential("a_x"));
    kept.credential = Optional.of(new LastKnown.Known<>(good, NOW));

    catalog.announce(Subject.CREDENTIAL, id, 6);
    takeCatalogAway();

    assertThatThrownBy(() -> now(directory.credential("a_x")))
        .hasCauseInstanceOf(CatalogUnavailableException.class);
  }

  @Test
  void an_expired_credential_is_expired_from_the_cache_and_from_the_cells() throws Exception {
    Credential brief = Samples.scoped(Samples.credential("a_x", account),
        new DatabaseScope.All(), NOW.plusSeconds(10));
    catalog.credentials.put("a_x", brief);
    awaitPolls(2);
    now(directory.credential("a_x"));
    kept.credential = Optional.of(new LastKnown.Known<>(brief, NOW));
    takeCatalogAway();

    Credential cached = now(directory.credential("a_x")).orElseThrow();
    assertThat(cached.fitness(NOW.plusSeconds(9))).isEqualTo(Credential.Fitness.GOOD);
    assertThat(cached.fitness(NOW.plusSeconds(10))).isEqualTo(Credential.Fitness.EXPIRED);
  }

  @Test
  void without_a_catalog_what_is_not_known_fails_at_once() {
    takeCatalogAway();

    CompletableFuture<?> lookup = directory.credential("a_unknown").toCompletableFuture();

    assertThat(lookup).isCompletedExceptionally();
    assertThatThrownBy(lookup::get).hasCauseInstanceOf(CatalogUnavailableException.class);
  }

  @Test
  void closed_means_that_nothing_is_asked_any_more() {
    directory.close();
    int polls = catalog.polls.get();

    assertThat(directory.credential("a_x").toCompletableFuture()).isCompletedExceptionally();
    assertThat(catalog.polls).hasValue(polls);
  }

  @Test
  @Timeout(60)
  void closing_does_not_wait_for_the_next_poll_and_leaves_no_thread() {
    FakeCatalog quiet = new FakeCatalog();
    DirectorySettings seldom = new DirectorySettings(
        Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(1), 100);
    CachedDirectory waiting = CachedDirectory.follow(quiet, seldom, kept, () -> NOW, nanos::get);
    await().untilAsserted(() -> assertThat(quiet.polls.get()).isPositive());
    assertThat(waiting.threads()).allMatch(Thread::isAlive);

    waiting.close();

    assertThat(waiting.threads()).noneMatch(Thread::isAlive);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
