package dev.reveille.compute.fixed;

import dev.reveille.cell.CellId;
import dev.reveille.compute.ComputeAddress;
import java.util.Map;
import java.util.Optional;

/**
 * A cell of one Postgres that always runs.
 *
 * @param logins by the credential's name; {@link #ANY} stands for every other credential
 * @param database what databases are called there, if not as in their route
 * @param maxConnections how many sessions the proxy may open there
 */
public record StaticSettings(CellId cell, ComputeAddress address, Map<String, StaticLogin> logins,
    Optional<String> database, int maxConnections) {
  /** The key of {@link #logins} for credentials that are not named. */
  public static final String ANY = "*";

  public StaticSettings {
    logins = Map.copyOf(logins);
    if (maxConnections < 1) {
      throw new IllegalArgumentException("maxConnections must be positive");
    }
  }
}
