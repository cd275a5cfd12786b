package dev.reveille.cell;

import java.time.Instant;
import java.util.Optional;

/**
 * A named, read-only clone of a database's storage. It outlives its database.
 *
 * @param databaseName the name of its database, or the last that it had
 * @param expiresAt empty when it is kept until somebody drops it
 * @param bytes apparent size of the storage
 */
public record Checkpoint(CheckpointId id, AccountId account, DatabaseId database,
    String databaseName, String name, CellId cell, StorageId storage, CheckpointKind kind,
    String createdBy, Instant createdAt, Optional<Instant> expiresAt, long bytes) {
  public Checkpoint {
    DatabaseName.requireWellFormed(name);
  }
}
