package dev.reveille.proxy.budget;

import dev.reveille.cell.CatalogUnavailableException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialUsage;
import dev.reveille.cell.ProxyLife;
import dev.reveille.cell.UsageExchange;
import dev.reveille.proxy.session.Given;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two ledgers on one book, which may be away. */
class ExchangeTest {
  /** Keeps what proxies say, as the catalog does. */
  private static final class Book implements UsageExchange {
    private record Page(UUID proxy, CredentialId credential) {}

    private final Map<Page, CredentialUsage> pages = new HashMap<>();
    private volatile boolean away;
    private int rounds;

    private void reach() {
      if (away) {
        throw new CatalogUnavailableException("the book is away", null);
      }
    }

    @Override
    public Optional<CellId> introduce(ProxyLife proxy) {
      reach();
      return Optional.empty();
    }

    @Override
    public synchronized Said exchange(ProxyLife proxy, List<CredentialUsage> told,
        Collection<CredentialId> asked, Collection<CredentialId> own) {
      reach();
      rounds++;
      var others = new ArrayList<CredentialUsage>();
      var before = new ArrayList<CredentialUsage>();
      pages.forEach((page, usage) -> {
        if (!page.proxy().equals(proxy.id()) && asked.contains(page.credential())) {
          others.add(usage);
        } else if (own.contains(page.credential())) {
          before.add(usage);
        }
      });
      told.forEach(usage -> pages.put(new Page(proxy.id(), usage.credential()), usage));
      return new Said(others, before);
    }

    @Override
    public void forgetUsage() {
      reach();
    }

    @Override
    public void leave(ProxyLife proxy) {
      reach();
    }

    synchronized int rounds() {
      return rounds;
    }
  }

  private final Book book = new Book();
  private final CredentialId agent = CredentialId.random();
  private final Ledger here = ledger();
  private final Ledger there = ledger();

  private Ledger ledger() {
    var ledger = Ledger.shared(book,
        new ProxyLife(UUID.randomUUID(), UUID.randomUUID(), List.of()), InstantSource.system());
    assertThat(ledger.start()).isEmpty();
    return ledger;
  }

  private Optional<Spent> enter(Ledger ledger, int connections) throws Exception {
    ledger.known(agent).toCompletableFuture().get(5, TimeUnit.SECONDS);
    return ledger.enter(agent, Given.limits(connections, 1000, 10));
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  @Test
  void sessions_of_the_other_proxy_count() throws Exception {
    assertThat(enter(here, 2)).isEmpty();
    await().untilAsserted(() -> assertThat(book.pages).isNotEmpty());
    assertThat(enter(there, 2)).isEmpty();
    assertThat(enter(there, 2)).isPresent();

    here.leave(agent);
    await().untilAsserted(() -> assertThat(there.use(agent).sessions()).isEqualTo(1));
    assertThat(enter(there, 2)).isEmpty();
  }

  @Test
  void wakes_used_before_a_restart_are_used() throws Exception {
    enter(here, 2);
    assertThat(here.starts(agent, Given.limits(2, 1000, 1)).take()).isTrue();
    here.close();

    var again = ledger();
    again.known(agent).toCompletableFuture().get(5, TimeUnit.SECONDS);

    assertThat(again.starts(agent, Given.limits(2, 1000, 1)).take()).isFalse();
    again.close();
  }

  @Test
  void while_the_catalog_is_away_what_was_heard_last_stands_and_nobody_waits() throws Exception {
    enter(here, 5);
    enter(there, 5);
    await().untilAsserted(() -> {
      assertThat(here.use(agent).sessions()).isEqualTo(2);
      assertThat(there.use(agent).sessions()).isEqualTo(2);
    });

    book.away = true;
    enter(here, 5);
    await().untilAsserted(() -> assertThat(here.heard()).isFalse());
    assertThat(here.known(agent).toCompletableFuture()).isDone();
    assertThat(here.use(agent).sessions()).isEqualTo(3);
    assertThat(there.use(agent).sessions()).isEqualTo(2);

    book.away = false;
    await().untilAsserted(() -> assertThat(here.heard()).isTrue());
    enter(there, 5);
    await().untilAsserted(() -> assertThat(there.use(agent).sessions()).isEqualTo(4));
  }

  @Test
  void who_idles_only_says_that_it_lives() throws Exception {
    var before = book.rounds();
    var began = System.nanoTime();
    await().untilAsserted(() -> assertThat(book.rounds()).isGreaterThanOrEqualTo(before + 4));

    assertThat(System.nanoTime() - began)
        .as("two ledgers, four rounds more, of which two may be due at once")
        .isGreaterThan(Exchange.HEARTBEAT.toNanos() / 2);
  }
}
