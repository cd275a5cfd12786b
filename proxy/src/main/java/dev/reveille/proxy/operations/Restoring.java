package dev.reveille.proxy.operations;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.LifetimeTable.StorageIntent;
import dev.reveille.cell.Lineage;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.CloneReport;
import dev.reveille.compute.EndReason;
import dev.reveille.proxy.audit.AuditEvent.DatabaseChanged;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a database's name to a clone of a checkpoint. The catalog notes the storage that is meant to
 * come, the checkpoint is cloned into it, then, while the database is at rest, one statement gives the
 * database that storage and makes a checkpoint of the one it had. A storage that is still only meant at
 * a start is deleted.
 */
final class Restoring {
  private static final Logger log = LoggerFactory.getLogger(Restoring.class);

  private final Ground ground;
  private final Checkpoints checkpoints;
  private final Bases bases;

  Restoring(Ground ground, Checkpoints checkpoints, Bases bases) {
    this.ground = ground;
    this.checkpoints = checkpoints;
    this.bases = bases;
  }

  Restored restore(Requester who, String name, String checkpoint) {
    Route found = ground.own(Ground.inUse(ground.route(who.account(), name)));
    ground.budget().admitStorage(who.account());
    return ground.turns().alone(found.database(), () -> {
      Route route = Ground.inUse(ground.same(found));
      Checkpoint from = checkpoint(route, checkpoint);
      StorageId next = StorageId.random();
      if (!ground.catalog().lifetimes().intendStorage(route.database(), next)) {
        throw new OperationFailure(Kind.BUSY,
            "an earlier restore of database \"" + name + "\" is not cleared away yet",
            "It is safe to try again.");
      }
      try {
        CloneReport report = ground.await("the clone of the checkpoint",
            checkpoints.cloned(from, next));
        Checkpoint before = Checkpoints.sized(checkpoints.fresh(who, route, route.storage(),
            Optional.empty(), CheckpointKind.RESTORE), report.bytes());
        Optional<Lineage> origin = origin(route, from);
        ground.quiesced(route, EndReason.RESTORED, true, () -> swap(route, next, before, origin));
        if (origin.isPresent()) {
          bases.removeUnused(route);
        }
        ground.audit()
            .record(DatabaseChanged.restored(route, from.name(), before.name(), who.name()));
        return new Restored(CheckpointView.of(before));
      } catch (RuntimeException e) {
        undo(route, next);
        throw e;
      }
    });
  }

  /** One of its own; else one of a database that had its name. */
  private Checkpoint checkpoint(Route route, String name) {
    Checkpoint found = ground.catalog()
        .checkpoints()
        .checkpointsOf(route.database())
        .stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseGet(() -> checkpoints.require(route.account(), route.name(), name));
    if (!found.cell().equals(route.homeCell())) {
      throw OperationFailure.notOffered("checkpoint \"" + name + "\" is in cell " + found.cell()
          + ", and database \"" + route.name() + "\" in cell " + route.homeCell(),
          "Make a branch of it: CREATE DATABASE … TEMPLATE \"" + route.name() + "@" + name + "\"");
    }
    return found;
  }

  /** A checkpoint of another database is what this one is a branch of from now on. */
  private static Optional<Lineage> origin(Route route, Checkpoint from) {
    return from.database().equals(route.database())
        ? Optional.empty()
        : Optional.of(new Lineage(Optional.of(from.database()), Optional.of(from.databaseName()),
            Optional.of(from.name())));
  }

  /** A catalog that has done it and could not say so is asked once more. */
  private Route swap(Route route, StorageId next, Checkpoint before,
      Optional<Lineage> origin) {
    try {
      return ground.catalog().lifetimes().swapStorage(route.database(), next, before, origin);
    } catch (CatalogException e) {
      Route now = ground.same(route);
      if (now.storage().equals(next)) {
        return now;
      }
      throw e;
    }
  }

  private void undo(Route route, StorageId next) {
    try {
      clear(route.homeCell(), Optional.of(next));
    } catch (OperationFailure | CatalogException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("storage", next)
          .log("a restore was left half made; the next start takes it away");
    }
  }

  /** Deletes storages that were meant to be, of one database or of all in our cells. */
  private void clear(CellId cell, Optional<StorageId> only) {
    for (StorageIntent intent : ground.catalog().lifetimes().storageIntents(cell)) {
      if (only.isEmpty() || only.get().equals(intent.next())) {
        forget(cell, intent);
      }
    }
  }

  private void forget(CellId cell, StorageIntent intent) {
    ground.await("the removal of a storage",
        ground.computes().deleteStorage(cell, intent.next()));
    ground.catalog().lifetimes().forgetIntent(intent.database(), intent.next());
  }

  /** Before a database goes, what was meant for it does. */
  void clear(Route route) {
    DatabaseId database = route.database();
    for (StorageIntent intent : ground.catalog().lifetimes().storageIntents(route.homeCell())) {
      if (intent.database().equals(database)) {
        forget(route.homeCell(), intent);
      }
    }
  }

  void recover() {
    ground.cells().forEach(cell -> clear(cell, Optional.empty()));
  }
}
