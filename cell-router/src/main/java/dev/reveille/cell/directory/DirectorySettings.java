package dev.reveille.cell.directory;

import java.time.Duration;

/**
 * How closely a directory follows the catalog, and how long it manages without.
 *
 * @param pollEvery how often the catalog is asked for changes whose notification was lost. Default 1 s
 * @param maxStaleness how old an answer may be while the catalog is gone: the longest time that a
 *     credential revoked elsewhere can go on being used by a proxy that is cut off. Default 24 h
 * @param lookupTimeout how long a lookup waits for the catalog before it answers without. Default 3 s
 * @param cacheEntries most credentials, and most routes, that are held. Default 50,000
 */
public record DirectorySettings(
    Duration pollEvery, Duration maxStaleness, Duration lookupTimeout, int cacheEntries) {
  public static final DirectorySettings DEFAULTS = new DirectorySettings(Duration.ofSeconds(1),
      Duration.ofHours(24), Duration.ofSeconds(3), 50_000);

  public DirectorySettings {
    if (pollEvery.isNegative() || pollEvery.isZero()) {
      throw new IllegalArgumentException("pollEvery must be positive");
    }
    if (maxStaleness.compareTo(pollEvery) < 0) {
      throw new IllegalArgumentException("maxStaleness must be at least pollEvery");
    }
    if (lookupTimeout.isNegative() || lookupTimeout.isZero()) {
      throw new IllegalArgumentException("lookupTimeout must be positive");
    }
    if (cacheEntries < 1) {
      throw new IllegalArgumentException("cacheEntries must be at least 1");
    }
  }
}
