package dev.reveille.proxy.forget;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.LifetimeTable;
import dev.reveille.cell.Route;
import dev.reveille.proxy.audit.Audit;
import dev.reveille.proxy.audit.AuditEvent.DatabaseChanged;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Reclaiming;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then for databases and checkpoints of its own cells whose time has come, and does what
 * is due: warn, archive, delete; databases that nobody can or did open are given an end first. Safe with
 * any number of proxies: each step is claimed by one statement of the catalog. All that is done before
 * the last step is undone by giving the database more time.
 *
 * <p>What fails is logged and tried again at the next look; one database does not keep the others.
 */
public final class Reaper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reaper.class);
  private static final String BY = "reaper";
  private static final int AT_ONCE = 200;
  /** Half of the machine at most; the other half is for those who wait for an answer. */
  private static final int HANDS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 2,
      8);
  private static final Duration LAST_WORK = Duration.ofSeconds(30);

  /**
   * When what is due.
   *
   * @param warn how long before its expiry a database is warned of
   * @param grace how long it stays in the archive
   * @param orphanAfter how long nobody must have been able to open it, nor have done so
   */
  public record Rules(Duration warn, Duration grace, Duration orphanAfter) {}

  /** How many of each a look has dealt with. */
  public record Round(int orphaned, int warned, int archived, int deleted, int checkpoints) {
    boolean idle() {
      return orphaned + warned + archived + deleted + checkpoints == 0;
    }
  }

  private final Catalog catalog;
  private final Reclaiming reclaiming;
  private final Set<CellId> cells;
  private final Rules rules;
  private final InstantSource clock;
  private final Audit audit;
  private final LastUse use;
  private volatile boolean closing;
  private Thread thread = Thread.ofVirtual().unstarted(() -> {
  });

  public Reaper(Catalog catalog, Reclaiming reclaiming, Set<CellId> cells, Rules rules,
      InstantSource clock, Audit audit, LastUse use) {
    this.catalog = catalog;
    this.reclaiming = reclaiming;
    this.cells = Set.copyOf(cells);
    this.rules = rules;
    this.clock = clock;
    this.audit = audit;
    this.use = use;
  }

  /** Looks every so often, on a virtual thread of its own, until it is closed. */
  public Reaper start(Duration every) {
    thread = Thread.ofVirtual().name("reaper").start(() -> {
      while (!closing) {
        LockSupport.parkNanos(every.toNanos());
        if (!closing) {
          lookQuietly();
        }
      }
    });
    return this;
  }

  private void lookQuietly() {
    try {
      Round round = look();
      if (!round.idle()) {
        log.atInfo().addKeyValue("kind", round).log("looked for what has expired");
      }
    } catch (CatalogException e) {
      log.atDebug().addKeyValue("reason", e.getMessage()).log("the catalog is away");
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("looking for what has expired failed");
    }
  }

  /** Does what is due now. Blocks; throws when the catalog is away. */
  public Round look() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    LifetimeTable lifetimes = catalog.lifetimes();
    use.tell(lifetimes);
    int orphaned = orphans(lifetimes, now);
    List<DatabaseRecord> warned = lifetimes.claimToWarn(cells, now.plus(rules.warn()), now,
        AT_ONCE);
    warned.forEach(one -> audit.record(DatabaseChanged.expiring(one.route(), "ttl", BY)));
    int archived = done(lifetimes.expired(cells, now, AT_ONCE),
        one -> reclaiming.archive(one.route(), now));
    Instant before = now.minus(rules.grace());
    int deleted = done(lifetimes.pastGrace(cells, before, now, AT_ONCE),
        one -> reclaiming.forget(one.route(), before, now));
    int checkpoints = done(catalog.checkpoints().expiredCheckpoints(cells, now, AT_ONCE),
        reclaiming::forget);
    return new Round(orphaned, warned.size(), archived, deleted, checkpoints);
  }

  private int orphans(LifetimeTable lifetimes, Instant now) {
    Instant end = now.plus(rules.warn());
    return done(
        lifetimes.orphans(cells, now.minus(rules.orphanAfter()), now, end, AT_ONCE), one -> {
          var ending = lifetimes.endOrphan(one.route().database(), end, now);
          ending.ifPresent(
              route -> audit.record(DatabaseChanged.expiring(route, "orphan", BY)));
          return ending.isPresent();
        });
  }

  /** Several at once: an archive is mostly compression, and what is slow must not keep the others. */
  private <T> int done(List<T> due, Predicate<T> step) {
    if (due.isEmpty()) {
      return 0;
    }
    List<Future<Boolean>> steps = new ArrayList<>();
    try (ExecutorService hands = Executors.newFixedThreadPool(HANDS,
        Thread.ofVirtual().name("reaper-", 0).factory())) {
      due.forEach(one -> steps.add(hands.submit(() -> !closing && did(one, step))));
    }
    int done = 0;
    for (Future<Boolean> one : steps) {
      switch (one.state()) {
        case SUCCESS -> done += one.resultNow() ? 1 : 0;
        case FAILED -> {
          if (one.exceptionNow() instanceof RuntimeException failure) {
            throw failure;
          }
          throw new IllegalStateException(one.exceptionNow());
        }
        case CANCELLED, RUNNING -> {
          // Interrupted: the process ends.
        }
      }
    }
    return done;
  }

  private static <T> boolean did(T one, Predicate<T> step) {
    try {
      return step.test(one);
    } catch (OperationFailure e) {
      log.atWarn()
          .addKeyValue("database", name(one))
          .addKeyValue("reason", e.getMessage())
          .log("not done; it is tried again");
      return false;
    }
  }

  private static Object name(Object one) {
    return switch (one) {
      case DatabaseRecord database -> database.route().database();
      case Checkpoint checkpoint -> checkpoint.database();
      case Route route -> route.database();
      default -> one;
    };
  }

  /** Ends after the steps that are under way. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      if (thread.getState() != Thread.State.NEW && !thread.join(LAST_WORK)) {
        log.warn("the reaper was at work at the end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
