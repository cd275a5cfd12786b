package dev.reveille.cell;

import java.util.UUID;

/** Identifies a checkpoint. */
public record CheckpointId(UUID value) {
  public static CheckpointId random() {
    return new CheckpointId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
