package dev.reveille.cell;

import java.util.UUID;

/** Names an account: the owner of databases and credentials. */
public record AccountId(UUID value) {

  /** A fresh, random id. */
  public static AccountId random() {
    return new AccountId(UUID.randomUUID());
  }

  /** Reads the text form; throws {@link IllegalArgumentException} when it is not a UUID. */
  public static AccountId parse(String text) {
    return new AccountId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
