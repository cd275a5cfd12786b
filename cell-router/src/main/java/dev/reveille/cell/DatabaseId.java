package dev.reveille.cell;

import java.util.UUID;

/** Names one database for good: dropped and made again under the same name, it is another one. */
public record DatabaseId(UUID value) {

  /** A fresh, random id. */
  public static DatabaseId random() {
    return new DatabaseId(UUID.randomUUID());
  }

  /** Reads the text form; throws {@link IllegalArgumentException} when it is not a UUID. */
  public static DatabaseId parse(String text) {
    return new DatabaseId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
