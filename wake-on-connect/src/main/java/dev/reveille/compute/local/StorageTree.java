package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.clone.CloneDriver;
import dev.reveille.compute.clone.CloneDrivers;
import dev.reveille.compute.clone.ExtentHint;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of one cell: {@code storage/<id>} for each storage, {@code storage/<id>.copying} for
 * one that is being made, {@code trash} for what waits to be deleted, {@code template-…}. A storage
 * exists exactly if its directory has its final name. Safe for any thread; blocking.
 */
final class StorageTree {
  private static final Logger LOG = LoggerFactory.getLogger(StorageTree.class);
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final String COPYING = ".copying";

  private final Path cell;
  private final ComputeUser user;
  private final Map<StorageId, StorageEpoch> epochs = new ConcurrentHashMap<>();
  private volatile @Nullable CloneDriver driver;

  StorageTree(Path cell, ComputeUser user) {
    this.cell = cell;
    this.user = user;
  }

  /** Makes what is missing, and finds out how this file system clones. */
  void create() throws IOException, InterruptedException {
    Files.createDirectories(cell);
    for (Path directory : List.of(cell, storages(), trash())) {
      passable(directory);
    }
    ExtentHint.set(cell);
    ExtentHint.set(storages());
    CloneDriver found = CloneDrivers.probe(cell, new CellGround(user));
    LOG.info("storages are cloned cell={} driver={} filesystem={}", cell.getFileName(),
        found.name(), Files.getFileStore(cell).type());
    driver = found;
  }

  /** How data directories are made and cloned here; known once the tree was created. */
  CloneDriver driver() {
    CloneDriver known = driver;
    if (known == null) {
      throw new IllegalStateException("the cell was not recovered yet");
    }
    return known;
  }

  Path cell() {
    return cell;
  }

  ComputeUser user() {
    return user;
  }

  StorageDirectory storage(StorageId id) {
    return new StorageDirectory(id, storages().resolve(id.toString()));
  }

  /** The one counter of a storage's epochs in this process. */
  StorageEpoch epoch(StorageId id) {
    return epochs.computeIfAbsent(id, i -> new StorageEpoch(storage(i)));
  }

  /** A directory for a new storage, without its {@code data} yet. */
  StorageDirectory begin(StorageId id) throws IOException {
    if (Files.exists(storage(id).root())) {
      throw new ComputeFailedException("the storage exists already");
    }
    StorageDirectory making = new StorageDirectory(id, storages().resolve(id + COPYING));
    abandon(making);
    passable(making.root());
    making.createLock();
    Files.writeString(making.epoch(), "0\n");
    return making;
  }

  /** Takes away what was begun and will not be finished. Idempotent. */
  void abandon(StorageDirectory making) throws IOException {
    if (Files.exists(making.root())) {
      moveToTrash(making.root());
    }
  }

  /** Gives a storage that was begun its final name, durably. */
  StorageDirectory finish(StorageDirectory making) throws IOException {
    StorageDirectory storage = storage(making.id());
    Files.move(making.root(), storage.root(), StandardCopyOption.ATOMIC_MOVE);
    FileTrees.syncDirectory(storages());
    return storage;
  }

  /** Takes a storage away at once; {@link #emptyTrash} deletes it. Idempotent. */
  void discard(StorageId id) throws IOException {
    epochs.remove(id);
    Path root = storage(id).root();
    if (Files.exists(root)) {
      moveToTrash(root);
    }
  }

  /** Takes any file or directory of the cell away at once. */
  void moveToTrash(Path directory) throws IOException {
    Files.move(directory, trash().resolve(directory.getFileName() + "." + UUID.randomUUID()),
        StandardCopyOption.ATOMIC_MOVE);
    FileTrees.syncDirectory(directory.getParent());
  }

  /** Of a cell that was not recovered too, though then file by file. */
  void emptyTrash() throws IOException {
    CloneDriver known = driver;
    for (Path path : children(trash())) {
      if (known != null) {
        known.remove(path);
        known.remove(path.resolve("data"));
      }
      FileTrees.delete(path);
    }
  }

  /** Removes storages that were not finished in an earlier life. */
  void clearUnfinished() throws IOException {
    for (Path path : children(storages())) {
      if (path.getFileName().toString().endsWith(COPYING)) {
        moveToTrash(path);
      }
    }
  }

  /** Those that are being made, or were left by an earlier life. */
  List<StorageDirectory> unfinished() throws IOException {
    List<StorageDirectory> found = new ArrayList<>();
    for (Path path : children(storages())) {
      String name = path.getFileName().toString();
      if (name.endsWith(COPYING)
          && ID.matcher(name.substring(0, name.length() - COPYING.length())).matches()) {
        found.add(new StorageDirectory(
            StorageId.parse(name.substring(0, name.length() - COPYING.length())), path));
      }
    }
    return found;
  }

  List<StorageDirectory> all() throws IOException {
    List<StorageDirectory> found = new ArrayList<>();
    for (Path path : children(storages())) {
      String name = path.getFileName().toString();
      if (ID.matcher(name).matches()) {
        found.add(storage(StorageId.parse(name)));
      }
    }
    return found;
  }

  /** Makes a directory that the compute's user may pass through, but not list. */
  static void passable(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }
  }

  /** Makes a data directory as Postgres wants it. */
  static void createData(Path data, ComputeUser user) throws IOException {
    Files.createDirectory(data);
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    user.own(data);
  }

  private Path storages() {
    return cell.resolve("storage");
  }

  private Path trash() {
    return cell.resolve("trash");
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
        stream.forEach(children::add);
      }
    }
    return children;
  }
}
