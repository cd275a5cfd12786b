package dev.reveille.compute.local;

import dev.reveille.compute.ComputeFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Starts a Postgres server on a storage and waits until it takes connections. The command is a chain
 * of programs that each become the next, {@code setpriv … flock --no-fork … postgres}: so the lock
 * file is locked by the postmaster itself and by everything it forks, until the last of them ends.
 * Blocking; to be called on a virtual thread.
 */
final class ComputeLauncher {
  private static final int LOCK_IS_HELD = 75;
  private static final long STEP_NANOS = 1_000_000;

  private final ComputeUser user;
  private final Path runDirectory;
  private final Executor blocking;
  private final LongSupplier nanoTime;
  private final StrayComputes strays;

  ComputeLauncher(ComputeUser user, Path runDirectory, Executor blocking, LongSupplier nanoTime) {
    this.user = user;
    this.runDirectory = runDirectory;
    this.blocking = blocking;
    this.nanoTime = nanoTime;
    this.strays = new StrayComputes(nanoTime);
  }

  StrayComputes strays() {
    return strays;
  }

  ComputeUser user() {
    return user;
  }

  /**
   * @throws ComputeFailedException if the server ends, does not get ready before {@code limit}, or
   * the storage is in use
   */
  LocalCompute launch(PostgresDistribution postgres, StorageDirectory storage, StorageEpoch epochs,
      ComputeSettings settings, Duration limit) throws IOException {
    long deadline = nanoTime.getAsLong() + limit.toNanos();
    storage.createLock();
    forgetTheDead(storage);
    long logStart = LogTail.size(storage.log());
    for (int attempt = 1;; attempt++) {
      long epoch = epochs.claim();
      SocketDirectory sockets = SocketDirectory.create(runDirectory, storage, epoch, user);
      Process process = ChildProcesses.start(
          command(postgres, storage, settings.arguments(postgres.major(), sockets.path(),
              "reveille/" + storage.id() + "/" + epoch)),
          builder -> builder.redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(storage.log().toFile())));
      LocalCompute compute = new LocalCompute(storage, sockets, epoch, settings.maxConnections(),
          process, blocking, strays);
      boolean ready = false;
      boolean timedOut;
      try {
        ready = ready(process, storage, deadline);
      } finally {
        timedOut = !ready && process.isAlive();
        if (timedOut) {
          process.destroyForcibly();
        }
      }
      if (ready) {
        return compute;
      }
      int code = process.onExit().join().exitValue();
      sockets.delete();
      if (timedOut) {
        strays.stopAll(storage);
      }
      if (code == LOCK_IS_HELD && attempt <= 2 && strays.stopOrphansOnly(storage)) {
        continue;
      }
      throw failure(storage, logStart, code, timedOut, limit);
    }
  }

  /**
   * A server that was killed leaves its process id in a file, and Postgres refuses to start while any
   * process of its user has that id: a later one, or the dead one as long as nobody has reaped it,
   * which in a container may be for ever. Whoever gets the storage's lock knows that the server is
   * dead with all of its children, who inherited the lock; the file is removed while it is held.
   */
  private static void forgetTheDead(StorageDirectory storage) throws IOException {
    Path file = storage.data().resolve(PostmasterPid.NAME);
    if (!Files.exists(file)) {
      return;
    }
    Process removal = ChildProcesses.start(List.of("flock", "--nonblock", "--conflict-exit-code",
        Integer.toString(LOCK_IS_HELD), storage.lock().toString(), "rm", "-f", file.toString()),
        builder -> builder.redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD));
    int code = removal.onExit().join().exitValue();
    if (code != 0 && code != LOCK_IS_HELD) {
      throw new IOException("cannot remove " + file + ": exit code " + code);
    }
  }

  private List<String> command(PostgresDistribution postgres, StorageDirectory storage,
      List<String> settings) {
    List<String> command = new ArrayList<>(user.becomeUntilParentDies());
    command.addAll(List.of("flock", "--no-fork", "--nonblock", "--conflict-exit-code",
        Integer.toString(LOCK_IS_HELD), storage.lock().toString()));
    command.addAll(List.of(postgres.program("postgres").toString(), "-D",
        storage.data().toString()));
    command.addAll(settings);
    return command;
  }

  /**
   * Watches {@code postmaster.pid} until it speaks of this very process and says ready. A connection
   * attempt instead would fork a backend each time; {@code pg_ctl -w} looks ten times a second.
   */
  private boolean ready(Process process, StorageDirectory storage, long deadline)
      throws IOException {
    while (process.isAlive() && nanoTime.getAsLong() - deadline < 0) {
      Optional<PostmasterPid> pid = PostmasterPid.read(storage.data());
      if (pid.isPresent() && pid.get().ready() && pid.get().processId() == process.pid()) {
        return true;
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
    return false;
  }

  private static ComputeFailedException failure(StorageDirectory storage, long logStart, int code,
      boolean timedOut, Duration limit) throws IOException {
    if (code == LOCK_IS_HELD) {
      return new ComputeFailedException("the storage is in use by another compute");
    }
    String tail = LogTail.since(storage.log(), logStart);
    return timedOut
        ? new ComputeFailedException("PostgreSQL was not ready after " + limit.toMillis() + " ms",
            tail)
        : new ComputeFailedException("PostgreSQL ended while starting, with exit code " + code,
            tail);
  }
}
