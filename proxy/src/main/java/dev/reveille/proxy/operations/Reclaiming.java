package dev.reveille.proxy.operations;

import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.Route;
import dev.reveille.compute.EndReason;
import dev.reveille.proxy.audit.AuditEvent.DatabaseChanged;
import java.time.Instant;
import java.util.Optional;

/**
 * What becomes of databases whose time is over, one at a time. Each step is claimed by one statement of
 * the catalog that holds only while it is due: of two who try, one does it, and what has been given more
 * time meanwhile is left alone. Every method blocks and throws {@link OperationFailure}.
 */
public final class Reclaiming {
  private static final String BY = "reaper";

  private final Ground ground;
  private final Removal removal;
  private final Checkpoints checkpoints;

  Reclaiming(Ground ground, Removal removal, Checkpoints checkpoints) {
    this.ground = ground;
    this.removal = removal;
    this.checkpoints = checkpoints;
  }

  /**
   * Ends the sessions of a database that has expired, says in the catalog that it is archived, and
   * compresses its storage. If that is interrupted it is archived all the same, only larger.
   *
   * @return false when it has not expired any more
   */
  public boolean archive(Route expired, Instant now) {
    return ground.changed(() -> ground.turns().alone(expired.database(), () -> {
      Optional<Route> found = ground.find(expired)
          .filter(route -> !route.lifetime().archived()
              && route.lifetime().expiresAt().filter(at -> !at.isAfter(now)).isPresent());
      if (found.isEmpty()) {
        return false;
      }
      Route route = found.get();
      boolean[] archived = {false};
      ground.quiesced(route, EndReason.EXPIRED, true, () -> {
        Optional<Route> marked = ground.catalog()
            .lifetimes()
            .markArchived(route.database(), now);
        archived[0] = marked.isPresent();
        marked.ifPresent(one -> ground.await("the archive", ground.computes().archive(one)));
        return marked.orElse(route);
      });
      if (archived[0]) {
        ground.audit().record(DatabaseChanged.archived(route, BY));
      }
      return archived[0];
    }));
  }

  /**
   * Brings an archived database back with a new time; it can be woken when this returns. If that is
   * interrupted it is archived still, only larger.
   */
  void unarchive(Route archived, Optional<Instant> expiresAt) {
    ground.await("the return from the archive", ground.computes().unarchive(archived));
    if (ground.catalog().lifetimes().markUnarchived(archived.database(), expiresAt).isEmpty()) {
      ground.catalog().lifetimes().setExpiry(archived.database(), expiresAt);
    }
  }

  /**
   * Deletes a database that has been archived since before {@code before}, and revokes the credentials
   * that reach nothing else.
   *
   * @return false when it is not due any more
   */
  public boolean forget(Route archived, Instant before, Instant now) {
    return ground.changed(() -> ground.turns().alone(archived.database(), () -> {
      Optional<Route> ending = ground.catalog()
          .lifetimes()
          .dropPastGrace(archived.database(), before, now);
      ending.ifPresent(route -> {
        ground.catalog().lifetimes().revokeOnlyFor(route.database());
        removal.remove(route);
        ground.audit().record(DatabaseChanged.expired(route, BY));
      });
      return ending.isPresent();
    }));
  }

  /** Deletes a checkpoint whose time has come; false when it is being read just now. */
  public boolean forget(Checkpoint expired) {
    return ground.changed(() -> checkpoints.remove(expired, BY));
  }
}
