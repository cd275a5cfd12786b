package dev.reveille.cell;

import java.util.UUID;

/** Names a credential; its login name may be chosen, this id never repeats. */
public record CredentialId(UUID value) {

  /** A fresh, random id. */
  public static CredentialId random() {
    return new CredentialId(UUID.randomUUID());
  }

  /** Reads the text form; throws {@link IllegalArgumentException} when it is not a UUID. */
  public static CredentialId parse(String text) {
    return new CredentialId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
