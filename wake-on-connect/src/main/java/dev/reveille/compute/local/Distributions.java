package dev.reveille.compute.local;

import java.io.IOException;

/** Finds Postgres's programs for a storage of a given major version. Blocking. */
@FunctionalInterface
public interface Distributions {
  PostgresDistribution forMajor(int major) throws IOException, InterruptedException;

  /** One version and no other. */
  static Distributions only(PostgresDistribution distribution) {
    return major -> {
      if (major != distribution.major()) {
        throw new IOException("a storage of PostgreSQL " + major + " cannot be run by "
            + distribution.version());
      }
      return distribution;
    };
  }
}
