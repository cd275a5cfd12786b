package dev.reveille.proxy.operations;

import dev.reveille.cell.DatabaseSettings;
import java.time.Instant;
import java.util.Optional;

/** Databases that begin as another one is, or was. */
@SuppressWarnings({"UnusedVariable", "TypeParameterUnusedInFormals"})
final class Branching {
  private final Ground ground;

  Branching(Ground ground) {
    this.ground = ground;
  }

  Creating.Begun begin(Requester who, Source source, String name,
      Optional<DatabaseSettings> settings, Optional<Instant> expiresAt) {
    return notYet();
  }

  /** Until storages can be cloned. */
  static <T> T notYet() {
    return Optional.<T>empty()
        .orElseThrow(
            () -> OperationFailure.notOffered("branches and checkpoints are not offered yet", ""));
  }
}
