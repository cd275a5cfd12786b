package dev.reveille.proxy.budget;

import java.util.Locale;
import java.util.Optional;

/** What an account has a limited amount of. */
public enum AccountLimit {
  /** Databases that are ready, archived ones not counted, and those that are being made. */
  LIVE_DATABASES("databases"),
  /** Databases and branches made in a minute. */
  CREATES_PER_MINUTE("creates"),
  /** The same in an hour. */
  CREATES_PER_HOUR("creates"),
  /** Computes started in an hour, on behalf of whoever connects. */
  WAKES_PER_HOUR("wakes"),
  /** Time that computes ran, in this month of UTC. */
  COMPUTE_SECONDS("seconds"),
  /** Bytes on disk now, of databases, checkpoints and archives. */
  BYTES_STORED("bytes"),
  /** Money of this month of UTC, at the configured prices. */
  SPEND_CAP("money"),
  /** Databases created and dropped again in an hour, far beyond what is slowed down. */
  CHURN_PER_HOUR("pairs");

  private final String unit;

  AccountLimit(String unit) {
    this.unit = unit;
  }

  /** As it is called wherever a client reads of it, and in metrics. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As it is called in the configuration and on the command line. */
  public String key() {
    return word().replace('_', '-');
  }

  /** What is counted; {@code money} stands for the plan's currency, in millionths. */
  public String unit() {
    return unit;
  }

  /** The limit of this key. */
  public static Optional<AccountLimit> of(String key) {
    for (AccountLimit limit : values()) {
      if (limit.key().equals(key) || limit.word().equals(key)) {
        return Optional.of(limit);
      }
    }
    return Optional.empty();
  }
}
