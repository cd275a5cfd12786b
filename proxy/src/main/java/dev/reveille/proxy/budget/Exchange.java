package dev.reveille.proxy.budget;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialUsage;
import dev.reveille.cell.ProxyLife;
import dev.reveille.cell.UsageExchange;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other proxies what was counted here, and asks what they have counted, in one round trip
 * to the catalog: at once for a session that waits for the answer, after {@link #HURRY} when a
 * credential nears a limit, every {@link #PERIOD} while there is something to tell or a credential
 * was used of late, and otherwise every {@link #HEARTBEAT}, to say that this proxy lives. One virtual
 * thread.
 */
final class Exchange implements AutoCloseable {
  static final Duration PERIOD = Duration.ofMillis(250);
  static final Duration HURRY = Duration.ofMillis(20);
  static final Duration HEARTBEAT = Duration.ofSeconds(2);
  /** After its last use a credential is listened for so long. */
  static final Duration LATELY = Duration.ofSeconds(10);
  /** Longer than any window but the day, whose bytes are asked for again. */
  static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(66);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration TIDY = Duration.ofMinutes(1);
  private static final Duration PRUNE = Duration.ofMinutes(10);
  private static final int BATCH = 500;
  private static final int MOST = 100_000;
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  private final UsageExchange catalog;
  private final ProxyLife life;
  private final ConcurrentMap<CredentialId, CredentialUse> uses;
  private final InstantSource clock;
  private final Set<CredentialUse> active = ConcurrentHashMap.newKeySet();
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean awaited;
  private volatile boolean pressing;
  private volatile boolean away;
  private volatile boolean closed;
  private boolean introduced;
  private long lastRound = System.nanoTime() - HEARTBEAT.toNanos();
  private long lastTidied = lastRound;
  private long lastPruned = lastRound;
  private @Nullable Thread thread;

  Exchange(UsageExchange catalog, ProxyLife life,
      ConcurrentMap<CredentialId, CredentialUse> uses, InstantSource clock) {
    this.catalog = catalog;
    this.life = life;
    this.uses = uses;
    this.clock = clock;
  }

  Optional<CellId> start() {
    try {
      var taken = catalog.introduce(life);
      if (taken.isPresent()) {
        return taken;
      }
      introduced = true;
    } catch (CatalogException e) {
      lost(e);
    }
    thread = Thread.ofVirtual().name("usage-exchange").start(this::run);
    return Optional.empty();
  }

  boolean away() {
    return away;
  }

  void changed(CredentialUse use, boolean soon) {
    active.add(use);
    if (soon) {
      pressing = true;
    }
    wakeUp();
  }

  void awaited(CredentialUse use) {
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
        var wait = lastRound + pause().toNanos() - System.nanoTime();
        if (wait > 0 && signal.tryAcquire(wait, TimeUnit.NANOSECONDS)) {
          continue;
        }
        if (!closed) {
          round();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        log.atError().setCause(e).log("the exchange of usage failed");
        lastRound = System.nanoTime();
      }
    }
  }

  private Duration pause() {
    if (away || !introduced) {
      return AGAIN;
    }
    if (awaited) {
      return Duration.ZERO;
    }
    if (active.isEmpty()) {
      return HEARTBEAT;
    }
    return pressing ? HURRY : PERIOD;
  }

  private void round() {
    awaited = false;
    pressing = false;
    signal.drainPermits();
    try {
      if (!introduced && !introduce()) {
        return;
      }
      exchange();
      tidy();
      if (away) {
        away = false;
        log.info("the other proxies are heard again");
      }
    } catch (CatalogException e) {
      lost(e);
    } finally {
      lastRound = System.nanoTime();
    }
  }

  private boolean introduce() {
    var taken = catalog.introduce(life);
    introduced = taken.isEmpty();
    taken.ifPresent(cell -> log.atError()
        .addKeyValue("cell", cell)
        .log("another proxy that lives starts computes of this cell"));
    return introduced;
  }

  private void exchange() {
    var now = clock.instant();
    var lately = now.minus(LATELY);
    var asked = new ArrayList<CredentialUse>();
    var told = new ArrayList<CredentialUse>();
    var own = new ArrayList<CredentialId>();
    var listed = active.stream().limit(BATCH).toList();
    // Who is left comes next.
    if (listed.size() == BATCH) {
      awaited = true;
    }
    // Removed first: what happens to it from now on brings it back.
    listed.forEach(active::remove);
    for (var use : listed) {
      if (use.unsaid() || use.awaited() || use.touchedSince(lately) || !use.loaded()) {
        asked.add(use);
        if (use.unsaid()) {
          told.add(use);
        }
        if (!use.loaded()) {
          own.add(use.credential());
        }
      }
    }
    try {
      var said = catalog.exchange(life, told.stream().map(use -> use.tell(now)).toList(),
          asked.stream().map(CredentialUse::credential).toList(), own);
      hear(asked, said, now);
    } catch (CatalogException e) {
      told.forEach(CredentialUse::untold);
      active.addAll(asked);
      throw e;
    }
    asked.stream()
        .filter(use -> use.unsaid() || use.touchedSince(lately))
        .forEach(active::add);
  }

  private static void hear(Collection<CredentialUse> asked, UsageExchange.Said said,
      Instant now) {
    Map<CredentialId, List<CredentialUsage>> others = new HashMap<>();
    said.others()
        .forEach(usage -> others
            .computeIfAbsent(usage.credential(), id -> new ArrayList<>())
            .add(usage));
    Map<CredentialId, CredentialUsage> before = new HashMap<>();
    said.own().forEach(usage -> before.put(usage.credential(), usage));
    for (var use : asked) {
      use.remember(Optional.ofNullable(before.get(use.credential())), now);
      use.hear(others.getOrDefault(use.credential(), List.of()), now)
          .ifPresent(waiting -> waiting.complete(null));
    }
  }

  /** What cannot be heard is not waited for. */
  private void lost(CatalogException e) {
    if (!away) {
      log.atWarn().addKeyValue("reason", e.getMessage()).log("the other proxies are not heard");
    }
    away = true;
    active.forEach(
        use -> use.answer().ifPresent((CompletableFuture<Void> it) -> it.complete(null)));
  }

  private void tidy() {
    var now = System.nanoTime();
    if (now - lastTidied >= TIDY.toNanos()) {
      lastTidied = now;
      var idle = uses.size() > MOST ? LATELY : FORGOTTEN_AFTER;
      var since = clock.instant().minus(idle);
      for (var id : uses.keySet()) {
        uses.computeIfPresent(id,
            (same, use) -> use.dispensable(since) && !active.contains(use) ? null : use);
      }
    }
    if (now - lastPruned >= PRUNE.toNanos()) {
      lastPruned = now;
      catalog.forgetUsage();
    }
  }

  @Override
  public void close() {
    closed = true;
    signal.release();
    var running = thread;
    if (running == null) {
      return;
    }
    try {
      running.join(Duration.ofSeconds(5));
      if (introduced && !away) {
        exchange();
        catalog.leave(life);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (CatalogException e) {
      log.atWarn().addKeyValue("reason", e.getMessage()).log("the other proxies are not told");
    }
  }
}
