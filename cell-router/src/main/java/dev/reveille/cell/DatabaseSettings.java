package dev.reveille.cell;

import java.time.Duration;

/**
 * What an owner may set on one database. Kept as JSON in the catalog, so that it can grow: a key that
 * this version does not know is left alone, a missing one takes its default.
 *
 * @param suspendAfter idle time after which the compute is stopped; positive
 */
public record DatabaseSettings(Duration suspendAfter) {
  public static final DatabaseSettings DEFAULTS = new DatabaseSettings(Duration.ofMinutes(5));

  public DatabaseSettings {
    if (suspendAfter.isNegative() || suspendAfter.isZero()) {
      throw new IllegalArgumentException("suspendAfter must be positive");
    }
  }
}
