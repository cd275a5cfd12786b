package dev.reveille.cell;

import java.util.UUID;

/** Names a key of the HTTP API; is no part of the key. */
public record ApiKeyId(UUID value) {

  /** A fresh, random id. */
  public static ApiKeyId random() {
    return new ApiKeyId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
