package dev.reveille.cell;

import java.time.Instant;
import java.util.Optional;

/**
 * How long a database lives.
 *
 * @param expiresAt empty when it never expires
 * @param archived whether it has expired already and its storage is put away; it can yet be brought
 *     back, and has a route so that whoever asks for it can be told
 */
public record Lifetime(Optional<Instant> expiresAt, boolean archived) {
  public static final Lifetime ENDLESS = new Lifetime(Optional.empty(), false);

  /** A database that is in use until {@code expiresAt}. */
  public static Lifetime until(Instant expiresAt) {
    return new Lifetime(Optional.of(expiresAt), false);
  }
}
