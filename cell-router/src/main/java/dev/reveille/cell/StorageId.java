package dev.reveille.cell;

import java.util.UUID;

/** Names the durable bytes of a database, wherever they are kept. */
public record StorageId(UUID value) {

  /** A fresh, random id. */
  public static StorageId random() {
    return new StorageId(UUID.randomUUID());
  }

  /** Reads the text form; throws {@link IllegalArgumentException} when it is not a UUID. */
  public static StorageId parse(String text) {
    return new StorageId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
