package dev.reveille.proxy.operations;

import dev.reveille.cell.DatabaseId;
import dev.reveille.compute.Recall;
import dev.reveille.compute.RecalledException;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Who may change what at a time. What an earlier life left half done looks exactly like what this one
 * is doing, so clearing it away excludes everything else; and of what moves or ends one database, one
 * thing is done at a time. Not reentrant.
 */
final class Turns {
  private final ReentrantReadWriteLock recovery = new ReentrantReadWriteLock(true);
  private final ConcurrentMap<DatabaseId, CompletableFuture<Void>> taken = new ConcurrentHashMap<>();
  private final Duration patience;

  Turns(Duration patience) {
    this.patience = patience;
  }

  /** Something may be half done until this returns. */
  <T> T working(Supplier<T> work) {
    recovery.readLock().lock();
    try {
      return work.get();
    } finally {
      recovery.readLock().unlock();
    }
  }

  /** Nothing of this life is half done meanwhile. */
  void recovering(Runnable work) {
    recovery.writeLock().lock();
    try {
      work.run();
    } finally {
      recovery.writeLock().unlock();
    }
  }

  /** Waits until nothing else is done to the database. To be called within {@link #working}. */
  <T> T alone(DatabaseId database, Supplier<T> work) {
    CompletableFuture<Void> turn = new CompletableFuture<>();
    CompletableFuture<Void> before = taken.putIfAbsent(database, turn);
    while (before != null) {
      await(before);
      before = taken.putIfAbsent(database, turn);
    }
    try {
      return work.get();
    } finally {
      taken.remove(database);
      turn.complete(null);
    }
  }

  private void await(CompletableFuture<Void> before) {
    try {
      Recall.current()
          .orRecalled(before)
          .toCompletableFuture()
          .get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RecalledException recalled ? recalled : busy();
    } catch (TimeoutException e) {
      throw busy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperationFailure(Kind.UNAVAILABLE, "the process is stopping", "");
    }
  }

  private static OperationFailure busy() {
    return new OperationFailure(Kind.BUSY, "another change of this database is under way",
        "It is safe to try again.");
  }
}
