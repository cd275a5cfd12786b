package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountCount;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.AccountStanding;
import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.CatalogException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what runs, writes that down, tells the other proxies what was counted here, and asks what
 * they have counted and where accounts stand: at once for somebody who waits, after {@link #HURRY}
 * when little is left, every {@link #PERIOD} while an account is used, and else every {@link #BEAT}.
 * Puts to sleep what an account that has spent everything has running. One virtual thread.
 */
final class AccountExchange implements AutoCloseable {
  static final Duration PERIOD = Duration.ofMillis(250);
  static final Duration HURRY = Duration.ofMillis(20);
  /** The error of each measured life of a compute, and how often accounts that run are heard. */
  static final Duration BEAT = Duration.ofSeconds(1);
  /** After its last use an account is listened for so long at every round. */
  static final Duration LATELY = Duration.ofSeconds(10);
  /** And so long at every beat. */
  static final Duration FOLLOWED = Duration.ofMinutes(10);
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(66);
  private static final Duration TIDY = Duration.ofMinutes(1);
  private static final Duration PRUNE = Duration.ofMinutes(10);
  private static final int MONTHS_KEPT = 13;
  private static final int BATCH = 500;
  private static final Logger log = LoggerFactory.getLogger(AccountExchange.class);

  private final AccountUsageTable catalog;
  private final UUID proxy;
  private final ConcurrentMap<AccountId, AccountUse> uses;
  private final Function<AccountId, AccountUse> of;
  private final Meter meter;
  private final ComputeClock computeClock;
  private final Duration flush;
  private final InstantSource clock;
  private final Set<AccountUse> active = ConcurrentHashMap.newKeySet();
  private final Set<AccountId> toldOf = new HashSet<>();
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean awaited;
  private volatile boolean pressing;
  private volatile boolean away;
  private volatile boolean closed;
  private volatile @Nullable RunningComputes computes;
  private long lastRound = System.nanoTime() - BEAT.toNanos();
  private long lastBeat = lastRound;
  private long lastFlush = lastRound;
  private long lastTidied = lastRound;
  private long lastPruned = lastRound;
  private @Nullable Thread thread;

  AccountExchange(AccountUsageTable catalog, UUID proxy,
      ConcurrentMap<AccountId, AccountUse> uses, Function<AccountId, AccountUse> of, Meter meter,
      ComputeClock computeClock, Duration flush, InstantSource clock) {
    this.catalog = catalog;
    this.proxy = proxy;
    this.uses = uses;
    this.of = of;
    this.meter = meter;
    this.computeClock = computeClock;
    this.flush = flush;
    this.clock = clock;
  }

  void start(RunningComputes running) {
    computes = running;
    thread = Thread.ofVirtual().name("account-exchange").start(this::run);
  }

  boolean away() {
    return away;
  }

  void changed(AccountUse use, boolean soon) {
    active.add(use);
    if (soon) {
      pressing = true;
    }
    wakeUp();
  }

  void awaited(AccountUse use) {
    active.add(use);
    awaited = true;
    wakeUp();
  }

  private void wakeUp() {
    if (signal.availablePermits() == 0) {
      signal.release();
    }
  }

  private void run() {
    while (!closed) {
      try {
        var wait = lastRound + interval().toNanos() - System.nanoTime();
        if (wait > 0 && signal.tryAcquire(wait, TimeUnit.NANOSECONDS)) {
          continue;
        }
        if (!closed) {
          round(false);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        log.atError().setCause(e).log("the exchange of accounts failed");
        lastRound = System.nanoTime();
      }
    }
  }

  private Duration interval() {
    if (awaited && !away) {
      return Duration.ZERO;
    }
    if (active.isEmpty() || away) {
      return BEAT;
    }
    return pressing ? HURRY : PERIOD;
  }

  /** @param all whether what is not due is done as well */
  synchronized void round(boolean all) {
    awaited = false;
    pressing = false;
    signal.drainPermits();
    var now = System.nanoTime();
    var beat = all || now - lastBeat >= BEAT.toNanos();
    try {
      if (beat) {
        lastBeat = now;
        measure();
      }
      Set<AccountId> flushed = Set.of();
      if (!meter.empty() && (all || now - lastFlush >= flush.toNanos())) {
        lastFlush = now;
        flushed = write();
      }
      exchange(beat, flushed);
      tidy();
      if (away) {
        away = false;
        log.info("accounts are heard again");
      }
      if (beat) {
        suspendExhausted();
      }
    } catch (CatalogException e) {
      lost(e);
    } finally {
      lastRound = System.nanoTime();
    }
  }

  private void measure() {
    var running = computes;
    if (running != null) {
      computeClock.tick(running.statuses());
    }
  }

  private Set<AccountId> write() {
    meter.batch().ifPresent(catalog::meter);
    return meter.confirmed();
  }

  private void exchange(boolean beat, Set<AccountId> flushed) {
    var now = clock.instant();
    Set<AccountUse> asked = new HashSet<>(active.stream().limit(BATCH).toList());
    if (asked.size() == BATCH) {
      awaited = true;
    }
    // Removed first: what happens to it from now on brings it back.
    active.removeAll(asked);
    flushed.forEach(account -> asked.add(of.apply(account)));
    if (beat) {
      computeClock.accounts().forEach(account -> asked.add(of.apply(account)));
      uses.values()
          .stream()
          .filter(use -> use.touchedSince(now.minus(FOLLOWED)))
          .limit(BATCH)
          .forEach(asked::add);
    }
    if (asked.isEmpty()) {
      return;
    }
    Map<AccountUse, Integer> counted = new HashMap<>();
    asked.forEach(use -> counted.put(use, use.asked()));
    var told = asked.stream().filter(AccountUse::unsaid).toList();
    try {
      var said = catalog.exchange(proxy,
          told.stream().flatMap(use -> use.tell(now).stream()).toList(),
          asked.stream().map(AccountUse::account).toList(), Months.of(now),
          counted.values().stream().mapToInt(Integer::intValue).max().orElse(0));
      hear(counted, said, now);
    } catch (CatalogException e) {
      told.forEach(AccountUse::untold);
      active.addAll(asked);
      throw e;
    }
    asked.stream()
        .filter(
            use -> use.unsaid() || use.awaited() || use.touchedSince(now.minus(LATELY)))
        .forEach(active::add);
    if (asked.stream().anyMatch(AccountUse::awaited)) {
      awaited = true;
    }
  }

  private static void hear(Map<AccountUse, Integer> asked, AccountUsageTable.Said said,
      Instant now) {
    var others = byAccount(said.others());
    var own = byAccount(said.own());
    Map<AccountId, AccountStanding> standings = new HashMap<>();
    said.standings().forEach(stands -> standings.put(stands.account().id(), stands));
    asked.forEach((use, countUpTo) -> use
        .hear(others.getOrDefault(use.account(), List.of()),
            own.getOrDefault(use.account(), List.of()),
            Optional.ofNullable(standings.get(use.account())), countUpTo > 0, now)
        .ifPresent(waiting -> waiting.complete(null)));
  }

  private static Map<AccountId, List<AccountCount>> byAccount(Collection<AccountCount> counts) {
    Map<AccountId, List<AccountCount>> byAccount = new HashMap<>();
    counts.forEach(count -> byAccount.computeIfAbsent(count.account(), id -> new ArrayList<>())
        .add(count));
    return byAccount;
  }

  /** Asked again at each beat: what is at work now comes to rest some time. */
  private void suspendExhausted() {
    var running = computes;
    if (running == null) {
      return;
    }
    var now = clock.instant();
    for (var account : computeClock.accounts()) {
      var spent = of.apply(account).exhausted(now);
      if (spent.isEmpty()) {
        toldOf.remove(account);
        continue;
      }
      if (toldOf.add(account)) {
        log.atInfo()
            .addKeyValue("account", account)
            .addKeyValue("reason", spent.get().budget().word())
            .log("an account has spent a budget; its computes are suspended");
      }
      for (var database : computeClock.running(account)) {
        running.suspend(database);
      }
    }
  }

  /** What cannot be heard is not waited for. */
  private void lost(CatalogException e) {
    if (!away) {
      log.atWarn().addKeyValue("reason", e.getMessage()).log("accounts are not heard");
    }
    away = true;
    uses.values()
        .forEach(
            use -> use.unanswered().forEach((CompletableFuture<Void> it) -> it.complete(null)));
  }

  private void tidy() {
    var now = System.nanoTime();
    if (now - lastTidied >= TIDY.toNanos()) {
      lastTidied = now;
      var since = clock.instant().minus(FORGOTTEN_AFTER);
      var running = computeClock.accounts();
      for (var id : uses.keySet()) {
        uses.computeIfPresent(id, (same, use) -> use.dispensable(since) && !active.contains(use)
            && !running.contains(id) ? null : use);
      }
    }
    if (now - lastPruned >= PRUNE.toNanos()) {
      lastPruned = now;
      catalog.forget(Months.of(clock.instant()) - MONTHS_KEPT);
    }
  }

  @Override
  public void close() {
    closed = true;
    signal.release();
    var running = thread;
    try {
      if (running != null) {
        running.join(Duration.ofSeconds(5));
      }
      if (!away) {
        round(true);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
