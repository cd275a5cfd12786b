package dev.reveille.compute.local;

import dev.reveille.compute.clone.Progress;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Compresses a storage in place and brings it back. Both halves are made beside what is there, become
 * valid by one rename, and only then the other one goes. A data directory that has its name is whole,
 * and so is an archive that has its name; if both are there the data directory counts. Blocking; for
 * storages that no compute runs on.
 */
final class StorageArchive {
  private final StorageTree tree;
  private final ComputeUser user;

  StorageArchive(StorageTree tree, ComputeUser user) {
    this.tree = tree;
    this.user = user;
  }

  /** Answers the bytes of the archive. What {@code progress} throws ends it, and nothing has changed. */
  long pack(StorageDirectory storage, Progress progress) throws IOException {
    if (storage.exists()) {
      Path next = next(storage);
      Files.deleteIfExists(next);
      try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE)) {
        TarGzip.pack(storage.data(), Channels.newOutputStream(channel), progress);
        channel.force(true);
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(next);
        throw e;
      }
      Files.move(next, storage.archive(), StandardCopyOption.ATOMIC_MOVE);
      FileTrees.syncDirectory(storage.root());
      tree.moveToTrash(storage.data());
    }
    return Files.size(storage.archive());
  }

  /** Makes the data directory what it was when it was packed; ends as {@link #pack} does. */
  void unpack(StorageDirectory storage, Progress progress)
      throws IOException, InterruptedException {
    if (!storage.exists()) {
      Path unpacking = unpacking(storage);
      if (Files.exists(unpacking)) {
        tree.moveToTrash(unpacking);
      }
      tree.driver().create(unpacking);
      try (FileChannel channel = FileChannel.open(storage.archive(), StandardOpenOption.READ)) {
        TarGzip.unpack(Channels.newInputStream(channel), unpacking, user, progress);
      } catch (IOException | RuntimeException e) {
        tree.moveToTrash(unpacking);
        throw e;
      }
      tree.driver().sync(unpacking);
      Files.move(unpacking, storage.data(), StandardCopyOption.ATOMIC_MOVE);
      FileTrees.syncDirectory(storage.root());
    }
    Files.deleteIfExists(storage.archive());
    FileTrees.syncDirectory(storage.root());
  }

  /** What a compute is about to change is not what was archived once. */
  static void forgetStale(StorageDirectory storage) throws IOException {
    if (Files.exists(storage.archive()) && storage.exists()) {
      Files.delete(storage.archive());
      FileTrees.syncDirectory(storage.root());
    }
  }

  /** After a crash at any moment of either. */
  static void recover(StorageTree tree, StorageDirectory storage) throws IOException {
    Files.deleteIfExists(next(storage));
    if (Files.exists(unpacking(storage))) {
      tree.moveToTrash(unpacking(storage));
    }
    forgetStale(storage);
  }

  private static Path next(StorageDirectory storage) {
    return storage.root().resolve("archive.next");
  }

  private static Path unpacking(StorageDirectory storage) {
    return storage.root().resolve("data.unpacking");
  }
}
