package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import dev.reveille.compute.CellStorages;
import dev.reveille.compute.CloneReport;
import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.Hold;
import dev.reveille.compute.RunningCompute;
import dev.reveille.compute.StoredStorage;
import dev.reveille.compute.StoredStorage.Use;
import dev.reveille.compute.clone.OpenFile;
import dev.reveille.compute.clone.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The storages of a local cell. While something is done with one that sleeps, its lock is held as a
 * compute would hold it: whoever starts one meanwhile is told that it is in use, and what runs in
 * spite of everything is not cloned as if it slept. Blocking work runs on the given executor.
 */
final class LocalStorages implements CellStorages {
  /** In the unnamed mark of a storage that is named for one life. */
  static final String CONSOLE = "console\n";

  private static final Logger LOG = LoggerFactory.getLogger(LocalStorages.class);

  private final StorageTree tree;
  private final Executor blocking;
  private final LongSupplier nanoTime;
  private final Function<StorageId, CompletionStage<Void>> removal;
  private final StorageArchive archive;

  LocalStorages(StorageTree tree, Executor blocking, LongSupplier nanoTime,
      Function<StorageId, CompletionStage<Void>> removal) {
    this.tree = tree;
    this.blocking = blocking;
    this.nanoTime = nanoTime;
    this.removal = removal;
    this.archive = new StorageArchive(tree, tree.user());
  }

  @Override
  public String driver() {
    return tree.driver().name();
  }

  @Override
  public CompletionStage<CloneReport> clone(StorageId source, Optional<RunningCompute> running,
      StorageId target, Hold hold) {
    return Blocking.supply(blocking, () -> {
      long began = nanoTime.getAsLong();
      StorageDirectory from = existing(source);
      StorageDirectory making = tree.begin(target);
      try {
        Files.writeString(making.clonedMark(), source + "\n");
        if (running.isPresent()) {
          cloneRunning(from, NamedCompute.socket(running.get()), making, hold);
        } else {
          cloneAsleep(from, making, hold);
        }
        StorageDirectory made = tree.finish(making);
        Duration took = Duration.ofNanos(nanoTime.getAsLong() - began);
        LOG.info("storage cloned from={} to={} driver={} running={} milliseconds={}", source,
            target, driver(), running.isPresent(), took.toMillis());
        return new CloneReport(driver(), took, FileTrees.size(made.data()));
      } catch (IOException | InterruptedException | RuntimeException e) {
        tree.abandon(making);
        blocking.execute(this::emptyTrash);
        throw e;
      }
    });
  }

  private void cloneAsleep(StorageDirectory from, StorageDirectory making, Hold hold)
      throws IOException, InterruptedException {
    try (LockedSource source = new LockedSource(locked(from, false), hold)) {
      tree.driver().clone(from.data(), making.data(), source);
      forgetServer(making);
    }
  }

  /** A sleeping storage is let go of when all of it was read, not when the clone is durable. */
  private record LockedSource(OpenFile lock, Hold hold) implements Progress, AutoCloseable {
    @Override
    public void moved(long bytes) {
      hold.moved(bytes);
    }

    @Override
    public void read() {
      lock.close();
      hold.release();
    }

    @Override
    public void close() {
      lock.close();
    }
  }

  private void cloneRunning(StorageDirectory from, Path socket, StorageDirectory making, Hold hold)
      throws IOException, InterruptedException {
    if (tree.driver().atomic(from.data())) {
      try (var admin = Administration.open(socket, Duration.ofMinutes(5))) {
        admin.execute("CHECKPOINT"); // or the clone's first start would have all of its log to replay
      }
      tree.driver().clone(from.data(), making.data(), hold::moved);
      forgetServer(making);
    } else {
      new BackupClone(tree.driver(), tree.user()).run(socket, from.data(), making.data(),
          hold::moved);
    }
  }

  private static void forgetServer(StorageDirectory storage) throws IOException {
    Files.deleteIfExists(storage.data().resolve(PostmasterPid.NAME));
    Files.deleteIfExists(storage.data().resolve("postmaster.opts"));
  }

  private StorageDirectory existing(StorageId id) throws IOException {
    StorageDirectory storage = tree.storage(id);
    StorageArchive.forgetStale(storage);
    if (!storage.exists()) {
      throw new ComputeFailedException(storage.archived()
          ? "the storage is archived"
          : "the storage is missing", storage.root().toString());
    }
    return storage;
  }

  private static OpenFile locked(StorageDirectory storage, boolean alone) throws IOException {
    storage.createLock();
    OpenFile lock = OpenFile.of(storage.lock());
    if (!lock.lock(alone)) {
      lock.close();
      throw new ComputeFailedException("the storage is in use by a compute");
    }
    return lock;
  }

  @Override
  public CompletionStage<Void> delete(StorageId storage) {
    return removal.apply(storage);
  }

  @Override
  public CompletionStage<Long> archive(StorageId id, Hold hold) {
    return Blocking.supply(blocking, () -> {
      StorageDirectory storage = tree.storage(id);
      if (!storage.exists() && !storage.archived()) {
        throw new ComputeFailedException("the storage is missing", storage.root().toString());
      }
      try (OpenFile _ = locked(storage, true)) {
        StorageArchive.forgetStale(storage);
        long bytes = archive.pack(storage, hold::moved);
        blocking.execute(this::emptyTrash);
        return bytes;
      }
    });
  }

  @Override
  public CompletionStage<Long> unarchive(StorageId id, Hold hold) {
    return Blocking.supply(blocking, () -> {
      StorageDirectory storage = tree.storage(id);
      if (!storage.exists() && !storage.archived()) {
        throw new ComputeFailedException("the storage is missing", storage.root().toString());
      }
      try (OpenFile _ = locked(storage, true)) {
        archive.unpack(storage, hold::moved);
      }
      return DiskUse.of(List.of(storage.root())).getOrDefault(storage.root(), 0L);
    });
  }

  @Override
  public CompletionStage<List<StoredStorage>> all() {
    return Blocking.supply(blocking, () -> {
      List<StorageDirectory> named = tree.all();
      List<StorageDirectory> unfinished = tree.unfinished();
      List<Path> roots = new ArrayList<>();
      named.forEach(storage -> roots.add(storage.root()));
      unfinished.forEach(storage -> roots.add(storage.root()));
      Map<Path, Long> bytes = DiskUse.of(roots);
      List<StoredStorage> found = new ArrayList<>();
      for (StorageDirectory storage : unfinished) {
        found.add(stored(storage, Use.UNFINISHED, bytes));
      }
      for (StorageDirectory storage : named) {
        found.add(stored(storage, use(storage), bytes));
      }
      return found;
    });
  }

  private static StoredStorage stored(StorageDirectory storage, Use use, Map<Path, Long> bytes) {
    return new StoredStorage(storage.id(), use, bytes.getOrDefault(storage.root(), 0L));
  }

  private static Use use(StorageDirectory storage) throws IOException {
    if (Files.exists(storage.unnamedMark())) {
      return Files.readString(storage.unnamedMark()).equals(CONSOLE) ? Use.CONSOLE : Use.PREPARED;
    }
    return storage.archived() ? Use.ARCHIVED : Use.NAMED;
  }

  private void emptyTrash() {
    try {
      tree.emptyTrash();
    } catch (IOException e) {
      LOG.warn("trash cannot be emptied reason={}", e.getMessage());
    }
  }
}
