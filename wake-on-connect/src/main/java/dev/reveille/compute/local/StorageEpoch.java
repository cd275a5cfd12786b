package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.util.OptionalLong;

/**
 * The epoch of one storage. The file holds the highest epoch that may ever have been used; an epoch is
 * made durable there before its compute starts. Because that costs a few milliseconds of fsync,
 * {@link #reserve} does it ahead of time, after the previous start; a reservation that a crash made
 * us forget is skipped, never used twice. Confined to whoever starts the storage.
 */
final class StorageEpoch {
  private final StorageDirectory storage;
  private OptionalLong reserved = OptionalLong.empty();

  StorageEpoch(StorageDirectory storage) {
    this.storage = storage;
  }

  /** The epoch of the start that is about to happen: greater than all before it, and durable. */
  synchronized long claim() throws IOException {
    reserve();
    long epoch = reserved.orElseThrow();
    reserved = OptionalLong.empty();
    return epoch;
  }

  /** Claims the next epoch ahead of time. */
  synchronized void reserve() throws IOException {
    if (reserved.isEmpty()) {
      long next = highest() + 1;
      FileTrees.writeDurably(storage.epoch(), next + "\n");
      reserved = OptionalLong.of(next);
    }
  }

  private long highest() throws IOException {
    return Files.exists(storage.epoch())
        ? Long.parseLong(Files.readString(storage.epoch()).strip())
        : 0;
  }
}
