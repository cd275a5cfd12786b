package dev.reveille.cell.directory;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CatalogReader;
import dev.reveille.cell.CatalogReader.Change;
import dev.reveille.cell.CatalogReader.Changes;
import dev.reveille.cell.CatalogReader.Cursor;
import dev.reveille.cell.CatalogReader.Subscriber;
import dev.reveille.cell.CatalogReader.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the catalog's changes: by notification within milliseconds, and by polling for those whose
 * notification was lost. Polls on a virtual thread of its own, at once when something looks wrong or
 * the listener has connected again. Calls its target from the two threads, one at a time.
 *
 * <p>After a poll that began at some moment, the target knows all that was committed before that
 * moment; {@link #inStepAt} is the newest such moment.
 */
final class Follower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final Duration CHANGES_KEPT = Duration.ofHours(24);
  private static final Duration FORGET_EVERY = Duration.ofHours(1);
  private static final Duration FORGET_FIRST = Duration.ofMinutes(1);

  /** Where changes go. */
  interface Target {
    void changed(Change change);

    /** Changes may have been missed. */
    void missed();
  }

  private final CatalogReader catalog;
  private final Duration pollEvery;
  private final LongSupplier nanoTime;
  private final Target target;
  private final ReentrantLock turn = new ReentrantLock();
  private final Semaphore hurry = new Semaphore(0);
  private final Thread thread = Thread.ofVirtual().name("directory-poller").unstarted(this::run);

  private volatile boolean closed;
  private volatile boolean reachable;
  private volatile boolean everInStep;
  private volatile long inStepAt;
  private @Nullable Subscription subscription;
  private Optional<Cursor> cursor = Optional.empty();
  private long forgotAt;

  Follower(
      CatalogReader catalog, Duration pollEvery, LongSupplier nanoTime, Target target) {
    this.catalog = catalog;
    this.pollEvery = pollEvery;
    this.nanoTime = nanoTime;
    this.target = target;
    this.forgotAt = nanoTime.getAsLong() - FORGET_EVERY.toNanos() + FORGET_FIRST.toNanos();
    // Until the first attempt has failed, lookups may try.
    this.reachable = true;
  }

  void start() {
    subscription = catalog.subscribe(new Subscriber() {
      @Override
      public void connected() {
        hurry.release();
      }

      @Override
      public void changed(Change change) {
        inTurn(() -> target.changed(change));
      }
    });
    thread.start();
  }

  boolean reachable() {
    return reachable;
  }

  /** Whether everything committed until {@code bound} ago is known. */
  boolean inStepWithin(Duration bound) {
    return everInStep && nanoTime.getAsLong() - inStepAt <= bound.toNanos();
  }

  /** Tells that the catalog did not answer someone. */
  void failed() {
    reachable = false;
    hurry.release();
  }

  List<Thread> threads() {
    return List.of(thread);
  }

  private void run() {
    while (!closed) {
      try {
        poll();
        if (hurry.tryAcquire(pollEvery.toNanos(), TimeUnit.NANOSECONDS)) {
          hurry.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void poll() {
    long before = nanoTime.getAsLong();
    try {
      Optional<Cursor> from = fresh(before) ? cursor : Optional.empty();
      Changes changes = catalog.changesSince(from);
      inTurn(() -> {
        if (from.isEmpty() || !changes.complete()) {
          target.missed();
        }
        changes.changes().forEach(target::changed);
      });
      cursor = Optional.of(changes.next());
      inStepAt = before;
      everInStep = true;
      if (!reachable) {
        LOG.info("catalog reachable again");
      }
      reachable = true;
      forgetOldChanges(before);
    } catch (CatalogException e) {
      if (reachable && !closed) {
        LOG.warn("catalog unreachable, serving what is known: {}", e.getMessage());
      }
      reachable = false;
    } catch (RuntimeException e) {
      reachable = false;
      LOG.error("following the catalog failed", e);
    }
  }

  private void forgetOldChanges(long now) {
    if (now - forgotAt < FORGET_EVERY.toNanos()) {
      return;
    }
    forgotAt = now;
    try {
      catalog.forgetChanges(CHANGES_KEPT);
    } catch (CatalogException e) {
      LOG.warn("old changes were not removed from the catalog: {}", e.getMessage());
    }
  }

  /** Whether all changes since the last poll are still kept; with room for clocks that differ. */
  private boolean fresh(long now) {
    return everInStep && now - inStepAt < CHANGES_KEPT.dividedBy(2).toNanos();
  }

  private void inTurn(Runnable work) {
    turn.lock();
    try {
      work.run();
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    Subscription listening = subscription;
    if (listening != null) {
      listening.close();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
