package dev.reveille.proxy.operations;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseState;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.CloneReport;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What branches began as, so that it can be told later what they have changed. A branch of a checkpoint has that; for
 * one of "now" its storage is cloned once more before its first start, into a checkpoint that belongs to the branch and
 * ends with it. It is made while the branch is CREATING and deleted while it is DROPPING, so whatever is found half done
 * of the one is found with the other.
 *
 * <p>A base is worth less than its branch: where it cannot be made, or would be a large copy, there is none.
 */
final class Bases {
  private static final Logger log = LoggerFactory.getLogger(Bases.class);
  private static final String COPY = "copy";

  private final Ground ground;
  private final Checkpoints checkpoints;

  /**
   * Where a branch comes from.
   *
   * @param parent the name that its parent has now; empty when that is gone
   * @param base what it began as, if that is still there
   */
  record Origin(Optional<String> parent, Optional<Source> base) {}

  Bases(Ground ground, Checkpoints checkpoints) {
    this.ground = ground;
    this.checkpoints = checkpoints;
  }

  /** Keeps what a branch is that has just been cloned, and that nobody can have started yet. */
  void keep(Requester who, Route branch, CloneReport cloned) {
    if (cloned.driver().equals(COPY) && cloned.bytes() > ground.policies().largestCopiedBase()) {
      return;
    }
    try {
      checkpoints.make(
          checkpoints.fresh(who, branch, StorageId.random(), Optional.empty(),
              CheckpointKind.BASE),
          base -> ground.computes()
              .cloneStorage(branch.homeCell(), branch.storage(), base.storage()));
    } catch (OperationFailure | CatalogException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("database", branch.database())
          .log("a branch has no base; only additions of its schema can be merged");
    }
  }

  /** Takes away what a branch has, before the branch goes. */
  void remove(Route branch) {
    for (Checkpoint base : ground.catalog().checkpoints().basesOf(branch.database())) {
      var _ = checkpoints.deleted(base);
    }
  }

  /** The same of one that goes on as something else, where a base that stays is of no use and does no harm. */
  void removeUnused(Route route) {
    try {
      remove(route);
    } catch (OperationFailure | CatalogException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("database", route.database())
          .log("a base that nothing needs stays until its database goes");
    }
  }

  /** Of a database of this name; throws when there is none. */
  Origin origin(Requester who, String name) {
    List<DatabaseRecord> all = ground.catalog().databases(who.account());
    DatabaseRecord branch = all.stream()
        .filter(one -> one.route().name().equals(name) && isThere(one))
        .findFirst()
        .orElseThrow(() -> OperationFailure.noSuchDatabase(name));
    return all.stream()
        .filter(one -> branch.lineage().parent().equals(Optional.of(one.route().database()))
            && isThere(one))
        .findFirst()
        .map(parent -> new Origin(Optional.of(parent.route().name()), base(parent, branch)))
        .orElseGet(() -> new Origin(Optional.empty(), Optional.empty()));
  }

  private static boolean isThere(DatabaseRecord database) {
    return database.state() == DatabaseState.READY || database.state() == DatabaseState.ARCHIVED;
  }

  private Optional<Source> base(DatabaseRecord parent, DatabaseRecord branch) {
    Optional<String> begun = branch.lineage().checkpoint();
    List<Checkpoint> found = begun.isPresent()
        ? ground.catalog().checkpoints().checkpointsOf(parent.route().database())
        : ground.catalog().checkpoints().basesOf(branch.route().database());
    return found.stream()
        .filter(one -> begun.isEmpty() || begun.get().equals(one.name()))
        .findFirst()
        .map(one -> new Source(one.databaseName(), Optional.of(one.name())));
  }
}
