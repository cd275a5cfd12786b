package dev.reveille.proxy.operations;

import java.time.Duration;
import java.util.Optional;

/**
 * What is asked for in a new database.
 *
 * @param source what it begins as; empty for an empty one
 * @param ttl how long it lives; empty for what is usual for whoever asks
 * @param suspendAfter idle time after which its compute is stopped; empty for the configured one
 */
public record CreateDatabase(String name, Optional<Source> source, Optional<Ttl> ttl,
    Optional<Duration> suspendAfter) {

  /** An empty database, with everything as is usual. */
  public static CreateDatabase named(String name) {
    return new CreateDatabase(name, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** A branch, with everything as is usual. */
  public static CreateDatabase branch(String name, Source source) {
    return new CreateDatabase(name, Optional.of(source), Optional.empty(), Optional.empty());
  }
}
