package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeStatus;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Measures how long computes run: from when a start is known to have succeeded until it is seen that
 * the compute has gone, which is looked for at each {@link #tick}. So a life of a compute is measured
 * too long by at most the time between two ticks. Any thread.
 */
final class ComputeClock {
  private record Owner(AccountId account, String name) {}

  private record Life(long epoch, long chargedUntil) {}

  private final Meter meter;
  private final Predicate<CellId> metered;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Map<DatabaseId, Owner> owners = new ConcurrentHashMap<>();
  private final Map<DatabaseId, Life> lives = new HashMap<>();

  /**
   * Of the computes of some cells.
   *
   * @param metered those whose computes this proxy starts; a static one always runs and costs nothing
   */
  ComputeClock(Meter meter, Predicate<CellId> metered, InstantSource clock,
      LongSupplier nanoTime) {
    this.meter = meter;
    this.metered = metered;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** Whose a compute is that may be started now. */
  void belongs(Route route) {
    if (metered.test(route.homeCell())) {
      owners.put(route.database(), new Owner(route.account(), route.name()));
    }
  }

  /** A compute runs from now on; told any number of times. */
  synchronized void started(Route route, long epoch) {
    belongs(route);
    var owner = owners.get(route.database());
    var life = lives.get(route.database());
    if (owner != null && (life == null || life.epoch() < epoch)) {
      if (life != null) {
        charge(route.database(), owner, life);
      }
      lives.put(route.database(), new Life(epoch, nanoTime.getAsLong()));
    }
  }

  /** Charges what ran since the last time. */
  synchronized void tick(Collection<ComputeStatus> statuses) {
    Map<DatabaseId, Long> running = new HashMap<>();
    for (var status : statuses) {
      if (status.epoch() > 0) {
        running.put(status.database(), status.epoch());
      }
    }
    for (var database : Set.copyOf(lives.keySet())) {
      var owner = owners.get(database);
      var life = lives.remove(database);
      if (owner != null && life != null) {
        long until = charge(database, owner, life);
        Long epoch = running.get(database);
        if (epoch != null && epoch == life.epoch()) {
          lives.put(database, new Life(life.epoch(), until));
        }
      }
    }
    running.forEach((database, epoch) -> {
      if (owners.containsKey(database)) {
        lives.computeIfAbsent(database, id -> new Life(epoch, nanoTime.getAsLong()));
      }
    });
  }

  private long charge(DatabaseId database, Owner owner, Life life) {
    long millis = Math.max(0, (nanoTime.getAsLong() - life.chargedUntil()) / 1_000_000);
    if (millis > 0) {
      meter.ran(owner.account(), database, owner.name(), Months.of(clock.instant()), millis);
    }
    return life.chargedUntil() + millis * 1_000_000;
  }

  /** It is dropped: its name and account need not be known any longer than it runs. */
  synchronized void forget(DatabaseId database) {
    var owner = owners.get(database);
    var life = lives.remove(database);
    if (owner != null && life != null) {
      charge(database, owner, life);
    }
    owners.remove(database);
  }

  /** Accounts whose computes run now. */
  synchronized Set<AccountId> accounts() {
    Set<AccountId> accounts = new HashSet<>();
    for (var database : lives.keySet()) {
      var owner = owners.get(database);
      if (owner != null) {
        accounts.add(owner.account());
      }
    }
    return accounts;
  }

  /** Databases of the account whose computes run now. */
  synchronized Set<DatabaseId> running(AccountId account) {
    Set<DatabaseId> running = new HashSet<>();
    for (var database : lives.keySet()) {
      var owner = owners.get(database);
      if (owner != null && owner.account().equals(account)) {
        running.add(database);
      }
    }
    return running;
  }
}
