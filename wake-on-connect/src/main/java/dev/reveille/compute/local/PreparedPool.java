package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Storages that wait for a name: a few with a running compute, more just copied. One virtual thread
 * refills it; whoever finds it empty makes a copy of the template itself. While some that were taken
 * are being named, and for a moment after, the refiller waits: what it does then is paid by those who
 * wait for their database. Lock order: only this object's lock, never held while files are copied or
 * computes started.
 */
final class PreparedPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PreparedPool.class);
  private static final long AFTER_FAILURE_NANOS = 2_000_000_000L;

  /** The moment after a naming, in which its client connects. */
  private static final long CALM_NANOS = 100_000_000L;
  /** One thing is prepared in this time even if it is never calm. */
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  /** How long a copy or start that is under way may take at the end. */
  private static final Duration LAST_WORK = Duration.ofSeconds(30);

  /** What a pool does with storages; blocking. */
  interface Workshop {
    StorageDirectory copy(StorageId id) throws IOException, InterruptedException;

    /** Starts a storage's compute when no request needs the machine. */
    LocalCompute start(StorageDirectory storage) throws IOException, InterruptedException;

    void discard(StorageDirectory storage) throws IOException;
  }

  /** A storage that left the pool, with its compute if it has one. */
  record Taken(StorageDirectory storage, Optional<LocalCompute> compute) {}

  private final Workshop workshop;
  private final int wantedRunning;
  private final int wantedCopies;
  private final LongSupplier nanoTime;
  private final Semaphore copying;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<LocalCompute> running = new ArrayDeque<>();
  private final Deque<StorageDirectory> copies = new ArrayDeque<>();
  private volatile @Nullable Thread refiller;
  private boolean closed;
  /** What was taken and has no name yet. */
  private final Set<StorageId> beingNamed = new HashSet<>();
  private long lastSettled;
  /** When the refiller began to wait for calm. */
  private long waiting;
  private boolean disturbed;

  PreparedPool(Workshop workshop, int wantedRunning, int wantedCopies, LongSupplier nanoTime) {
    this.workshop = workshop;
    this.nanoTime = nanoTime;
    this.wantedRunning = wantedRunning;
    this.wantedCopies = wantedCopies;
    this.copying = new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()), true);
  }

  /** Takes over storages left by an earlier life and begins to refill. */
  void open(List<StorageDirectory> left) {
    lock.lock();
    try {
      copies.addAll(left);
    } finally {
      lock.unlock();
    }
    refiller = Thread.ofVirtual().name("reveille-prepare").start(this::refill);
  }

  /** The readiest storage there is; copies the template if there is none. */
  Taken take() throws IOException, InterruptedException {
    Optional<Taken> ready = poll();
    return ready.isPresent() ? ready.get() : new Taken(copy(), Optional.empty());
  }

  /** A storage that was taken has its name, or will never have one. Idempotent. */
  void settled(StorageId id) {
    lock.lock();
    try {
      if (beingNamed.remove(id)) {
        lastSettled = nanoTime.getAsLong();
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Taken> poll() {
    lock.lock();
    try {
      changed.signal();
      for (LocalCompute c = running.poll(); c != null; c = running.poll()) {
        if (c.alive()) {
          return Optional.of(taken(c.storage(), Optional.of(c)));
        }
        copies.addLast(c.storage());
      }
      return Optional.ofNullable(copies.poll()).map(s -> taken(s, Optional.empty()));
    } finally {
      lock.unlock();
    }
  }

  private Taken taken(StorageDirectory storage, Optional<LocalCompute> compute) {
    if (!disturbed) {
      disturbed = true;
      waiting = nanoTime.getAsLong();
    }
    beingNamed.add(storage.id());
    return new Taken(storage, compute);
  }

  /** Removes a storage that is to be deleted; answers its compute if one runs. */
  Optional<LocalCompute> remove(StorageId id) {
    lock.lock();
    try {
      copies.removeIf(storage -> storage.id().equals(id));
      Optional<LocalCompute> compute = running.stream()
          .filter(c -> c.storage().id().equals(id))
          .findFirst();
      compute.ifPresent(running::remove);
      changed.signal();
      return compute;
    } finally {
      lock.unlock();
    }
  }

  PreparedSizes sizes() {
    lock.lock();
    try {
      return new PreparedSizes(running.size(), copies.size());
    } finally {
      lock.unlock();
    }
  }

  private StorageDirectory copy() throws IOException, InterruptedException {
    copying.acquire();
    try {
      return workshop.copy(StorageId.random());
    } finally {
      copying.release();
    }
  }

  private void refill() {
    try {
      for (Optional<Lack> lack = awaitLack(); lack.isPresent(); lack = awaitLack()) {
        try {
          supply(lack.get());
        } catch (IOException | RuntimeException e) {
          LOG.warn("prepared pool cannot be refilled reason={}", e.getMessage());
          LockSupport.parkNanos(AFTER_FAILURE_NANOS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the pool lacks most: a copy, or a copy to be started. */
  private sealed interface Lack {
    record Copy() implements Lack {}

    record Start(StorageDirectory storage) implements Lack {}
  }

  /** Waits until something is lacking; empty when the pool is closed. */
  private Optional<Lack> awaitLack() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        forgetDead();
        long restless = restlessNanos();
        if (restless > 0) {
          var _ = changed.awaitNanos(restless);
        } else if (running.size() < wantedRunning && !copies.isEmpty()) {
          return Optional.of(new Lack.Start(copies.removeFirst()));
        } else if (copies.size() < wantedCopies || running.size() < wantedRunning) {
          return Optional.of(new Lack.Copy());
        } else {
          changed.await();
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** How much longer the refiller gives way to those who take. */
  private long restlessNanos() {
    if (!disturbed) {
      return 0;
    }
    long now = nanoTime.getAsLong();
    long patience = waiting + PATIENCE_NANOS - now;
    long left = beingNamed.isEmpty()
        ? Math.min(lastSettled + CALM_NANOS - now, patience)
        : patience;
    if (left > 0) {
      return left;
    }
    if (beingNamed.isEmpty()) {
      disturbed = false;
    } else {
      waiting = now;
    }
    return 0;
  }

  private void forgetDead() {
    for (LocalCompute compute : List.copyOf(running)) {
      if (!compute.alive()) {
        running.remove(compute);
        copies.addLast(compute.storage());
      }
    }
  }

  private void supply(Lack lack) throws IOException, InterruptedException {
    switch (lack) {
      case Lack.Copy copy -> addCopy(copy());
      case Lack.Start start -> {
        LocalCompute compute;
        try {
          compute = workshop.start(start.storage());
        } catch (IOException | RuntimeException e) {
          workshop.discard(start.storage());
          throw e;
        }
        if (!addRunning(compute)) {
          compute.stop().toCompletableFuture().join();
        }
        compute.gone().thenAccept(reason -> wake());
      }
    }
  }

  private void addCopy(StorageDirectory storage) {
    lock.lock();
    try {
      copies.addLast(storage);
    } finally {
      lock.unlock();
    }
  }

  private boolean addRunning(LocalCompute compute) {
    lock.lock();
    try {
      if (!closed) {
        running.addLast(compute);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void joinRefiller() {
    Thread thread = refiller;
    try {
      if (thread != null && !thread.join(LAST_WORK)) {
        LOG.warn("a prepared storage is still in the making");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops refilling and the computes that have no name; waits for them. */
  @Override
  public void close() {
    List<LocalCompute> left;
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      left = new ArrayList<>(running);
      running.clear();
    } finally {
      lock.unlock();
    }
    joinRefiller();
    left.stream()
        .map(LocalCompute::stop)
        .toList()
        .forEach(stopped -> stopped.toCompletableFuture().join());
  }
}
