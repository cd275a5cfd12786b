package dev.reveille.compute.local;

import dev.reveille.compute.ComputeAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running postmaster of one epoch. It holds the lock of its storage from before its first write
 * until its last backend has gone. Safe for any thread; {@link #stop} waits on a virtual thread.
 */
public final class LocalCompute {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCompute.class);
  private static final Duration FAST_STOP = Duration.ofSeconds(60);
  private static final Duration IMMEDIATE_STOP = Duration.ofSeconds(5);

  private final StorageDirectory storage;
  private final SocketDirectory sockets;
  private final long epoch;
  private final int maxConnections;
  private final Process process;
  private final Executor blocking;
  private final StrayComputes strays;
  private final CompletableFuture<String> gone = new CompletableFuture<>();
  private final AtomicReference<@Nullable CompletableFuture<Void>> stopping = new AtomicReference<>();

  LocalCompute(StorageDirectory storage, SocketDirectory sockets, long epoch, int maxConnections,
      Process process, Executor blocking, StrayComputes strays) {
    this.storage = storage;
    this.sockets = sockets;
    this.epoch = epoch;
    this.maxConnections = maxConnections;
    this.process = process;
    this.blocking = blocking;
    this.strays = strays;
    process.onExit().thenAccept(p -> {
      gone.complete("its process ended with code " + p.exitValue());
      blocking.execute(this::deleteSockets);
    });
  }

  public ComputeAddress.UnixSocket address() {
    return new ComputeAddress.UnixSocket(sockets.socket());
  }

  public long epoch() {
    return epoch;
  }

  public int maxConnections() {
    return maxConnections;
  }

  public long processId() {
    return process.pid();
  }

  /** Whether it really runs: one that was killed is gone before its end has been heard of. */
  public boolean alive() {
    return process.isAlive() && !ProcessesOf.hasEnded(process.pid());
  }

  /** Completes with the reason as soon as the postmaster has gone, for whatever cause. */
  public CompletionStage<String> gone() {
    return gone.minimalCompletionStage();
  }

  StorageDirectory storage() {
    return storage;
  }

  /** Stops it cleanly; complete when no process of it is left. Idempotent. */
  public CompletionStage<Void> stop() {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> first = stopping.compareAndExchange(null, mine);
    if (first != null) {
      return first;
    }
    blocking.execute(() -> {
      try {
        stopAndWait();
        mine.complete(null);
      } catch (IOException | RuntimeException e) {
        mine.completeExceptionally(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        mine.completeExceptionally(e);
      }
    });
    return mine;
  }

  private void stopAndWait() throws IOException, InterruptedException {
    signal(Signals.INTERRUPT);
    if (!process.waitFor(FAST_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("compute ignores the fast stop storage={} pid={}", storage.id(), process.pid());
      signal(Signals.QUIT);
      if (!process.waitFor(IMMEDIATE_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        process.waitFor();
      }
    }
    if (process.exitValue() != 0) {
      strays.stopAll(storage);
    }
    deleteSockets();
  }

  private void deleteSockets() {
    try {
      sockets.delete();
    } catch (IOException e) {
      LOG.debug("sockets not deleted storage={} reason={}", storage.id(), e.getMessage());
    }
  }

  private void signal(Signals signal) {
    if (process.isAlive()) {
      signal.send(process.pid());
    }
  }
}
