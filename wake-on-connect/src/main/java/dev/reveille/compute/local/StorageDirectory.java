package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of one storage: {@code data} (Postgres's own, owned by the compute's user), {@code lock}
 * (held by the compute for its whole life), {@code epoch}, {@code log}, and {@code unnamed} for as long
 * as no database has been made of it.
 */
record StorageDirectory(StorageId id, Path root) {
  Path data() {
    return root.resolve("data");
  }

  Path lock() {
    return root.resolve("lock");
  }

  Path epoch() {
    return root.resolve("epoch");
  }

  Path log() {
    return root.resolve("postgres.log");
  }

  Path unnamedMark() {
    return root.resolve("unnamed");
  }

  boolean exists() {
    return Files.exists(data().resolve("PG_VERSION"));
  }

  /** The major version that this storage belongs to. */
  int major() throws IOException {
    return Integer.parseInt(Files.readString(data().resolve("PG_VERSION")).strip());
  }

  /** Makes the lock file, before anyone can want to hold it. */
  void createLock() throws IOException {
    if (!Files.exists(lock())) {
      Files.createFile(lock());
    }
  }
}
