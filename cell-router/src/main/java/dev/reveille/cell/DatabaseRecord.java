package dev.reveille.cell;

import java.time.Instant;
import java.util.Optional;

/**
 * A database as the catalog has it, ready or not.
 *
 * @param createdBy the credential or key that asked for it; empty when it is not known
 * @param usedAt when it was last connected to, to the minute; empty when it never was
 */
public record DatabaseRecord(Route route, DatabaseState state, Instant createdAt, Lineage lineage,
    String createdBy, Optional<Instant> usedAt) {
  public DatabaseRecord(Route route, DatabaseState state, Instant createdAt) {
    this(route, state, createdAt, Lineage.NONE, "", Optional.empty());
  }
}
