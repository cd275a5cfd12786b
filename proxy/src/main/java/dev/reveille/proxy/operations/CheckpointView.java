package dev.reveille.proxy.operations;

import dev.reveille.cell.Checkpoint;
import java.time.Instant;
import java.util.Optional;

/**
 * One checkpoint, as it is listed.
 *
 * @param database the name of its database, or the last that it had
 * @param expires when it goes by itself; empty when it is kept
 * @param bytes apparent size: on the disk it shares with its database what has not changed
 */
public record CheckpointView(String name, String id, String database, String databaseId,
    String kind,
    String cell, String createdBy, Instant created, Optional<Instant> expires, long bytes) {

  static CheckpointView of(Checkpoint checkpoint) {
    return new CheckpointView(checkpoint.name(), checkpoint.id().toString(),
        checkpoint.databaseName(), checkpoint.database().toString(), checkpoint.kind().word(),
        checkpoint.cell().value(), checkpoint.createdBy(), checkpoint.createdAt(),
        checkpoint.expiresAt(), checkpoint.bytes());
  }
}
