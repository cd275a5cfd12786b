package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of one storage: {@code data} (Postgres's own, owned by the compute's user), {@code lock}
 * (held by the compute for its whole life), {@code epoch}, {@code log}, {@code unnamed} for as long
 * as no database has been made of it that outlives the process, and {@code archive.tar.gz} in place of
 * {@code data} while it is archived.
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

  /** There while roles of the database that this one was cloned from may still be in it. */
  Path clonedMark() {
    return root.resolve("cloned");
  }

  /** Holds the name that the database inside is known to have. */
  Path settledMark() {
    return root.resolve("settled");
  }

  /** The data directory, compressed; unless there is one that is not. */
  Path archive() {
    return root.resolve("archive.tar.gz");
  }

  boolean archived() {
    return !exists() && Files.exists(archive());
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
