package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops processes of a storage that no compute of this life accounts for. Blocking. */
final class StrayComputes {
  private static final Logger LOG = LoggerFactory.getLogger(StrayComputes.class);
  private static final Duration FAST_STOP = Duration.ofSeconds(20);
  private static final Duration IMMEDIATE_STOP = Duration.ofSeconds(5);
  private static final Duration BACKENDS_NOTICE = Duration.ofMillis(300);
  private static final long STEP_NANOS = 2_000_000;

  private final LongSupplier nanoTime;

  StrayComputes(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** {@link #stopAll(StorageDirectory)} for many at once, each on its own virtual thread. */
  void stopAll(List<StorageDirectory> storages) throws IOException {
    List<CompletionStage<Void>> stops = new ArrayList<>();
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      for (StorageDirectory storage : storages) {
        stops.add(Blocking.run(each, () -> stopAll(storage)));
      }
    }
    for (CompletionStage<Void> stop : stops) {
      try {
        stop.toCompletableFuture().join();
      } catch (CompletionException e) {
        throw new IOException("a stray compute cannot be stopped", e);
      }
    }
  }

  /**
   * Stops everything that runs on the storage, a postmaster from an earlier life of the proxy
   * included: cleanly if it will, else by force.
   */
  void stopAll(StorageDirectory storage) throws IOException {
    Path data = storage.data();
    if (!Files.isDirectory(data)) {
      return;
    }
    Optional<Long> postmaster = postmaster(data);
    if (postmaster.isPresent()) {
      LOG.info("stopping stray compute storage={} pid={}", storage.id(), postmaster.get());
      Signals.INTERRUPT.send(postmaster.get());
      if (!gone(data, FAST_STOP)) {
        Signals.QUIT.send(postmaster.get());
        if (gone(data, IMMEDIATE_STOP)) {
          return;
        }
      }
    }
    stopOrphans(storage);
  }

  /**
   * Stops backends whose postmaster has gone; most have noticed by themselves.
   *
   * @return false, having touched nothing, if a living postmaster runs on the storage
   */
  boolean stopOrphansOnly(StorageDirectory storage) throws IOException {
    if (postmaster(storage.data()).isPresent()) {
      return false;
    }
    stopOrphans(storage);
    return true;
  }

  private void stopOrphans(StorageDirectory storage) throws IOException {
    if (gone(storage.data(), BACKENDS_NOTICE)) {
      return;
    }
    for (long process : ProcessesOf.data(storage.data())) {
      LOG.warn("killing orphaned backend storage={} pid={}", storage.id(), process);
      Signals.KILL.send(process);
    }
    if (!gone(storage.data(), IMMEDIATE_STOP)) {
      throw new IOException("processes of storage " + storage.id() + " cannot be stopped");
    }
  }

  /** The postmaster named by {@code postmaster.pid}, if that process really works here. */
  private static Optional<Long> postmaster(Path data) throws IOException {
    Optional<PostmasterPid> pid = PostmasterPid.read(data);
    if (pid.isPresent() && ProcessesOf.isIn(pid.get().processId(), data)) {
      return Optional.of(pid.get().processId());
    }
    return ProcessesOf.data(data).stream().filter(p -> isParentOfOthers(p, data)).findFirst();
  }

  /** A postmaster without its pid file is the process that others here were forked from. */
  private static boolean isParentOfOthers(long process, Path data) {
    return ProcessHandle.of(process).stream().flatMap(ProcessHandle::children).anyMatch(child -> {
      try {
        return ProcessesOf.isIn(child.pid(), data);
      } catch (IOException e) {
        return false;
      }
    });
  }

  private boolean gone(Path data, Duration limit) throws IOException {
    long deadline = nanoTime.getAsLong() + limit.toNanos();
    List<Long> left = ProcessesOf.data(data);
    while (!left.isEmpty()) {
      if (nanoTime.getAsLong() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(STEP_NANOS);
      left = ProcessesOf.data(data);
    }
    return true;
  }
}
