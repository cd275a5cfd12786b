package dev.reveille.proxy.operations;

import dev.reveille.cell.CellId;
import dev.reveille.cell.CellLoad;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Lineage;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Placement;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.CloneReport;
import dev.reveille.compute.Moving;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Databases that begin as another one is, or as one was at a checkpoint. They live in its cell, because
 * that is where storages are cloned, and sleep until somebody connects.
 */
final class Branching {
  private final Ground ground;
  private final Checkpoints checkpoints;

  Branching(Ground ground, Checkpoints checkpoints) {
    this.ground = ground;
    this.checkpoints = checkpoints;
  }

  /** Records the branch as CREATING; its storage is for the caller to begin. */
  Creating.Begun begin(Requester who, Source source, String name,
      Optional<DatabaseSettings> settings, Optional<Instant> expiresAt) {
    StorageId target = StorageId.random();
    if (source.checkpoint().isPresent()) {
      Checkpoint from = checkpoints.require(who.account(), source.database(),
          source.checkpoint().get());
      Lineage lineage = new Lineage(Optional.of(from.database()), Optional.of(from.databaseName()),
          Optional.of(from.name()));
      Route route = record(who, name, from.cell(), target,
          settings.orElse(ground.policies().defaults()), expiresAt, lineage);
      return new Creating.Begun(route, lineage, role -> coming(checkpoints.cloned(from, target)),
          "asleep");
    }
    Route parent = ground.own(Ground.inUse(ground.catalog()
        .route(who.account(), source.database())
        .orElseThrow(() -> OperationFailure.noSuchTemplate(source.database()))));
    Lineage lineage = new Lineage(Optional.of(parent.database()), Optional.of(parent.name()),
        Optional.empty());
    Route route = record(who, name, parent.homeCell(), target, settings.orElse(parent.settings()),
        expiresAt, lineage);
    return new Creating.Begun(route, lineage,
        role -> coming(ground.computes().clone(parent, target)), "asleep");
  }

  private Creating.Coming coming(Moving<CloneReport> clone) {
    return new Creating.Coming() {
      @Override
      public Optional<CloneReport> await() {
        return Optional.of(ground.await("the branch", clone));
      }

      @Override
      public void giveUp() {
        var _ = ground.giveUp(clone);
      }
    };
  }

  private Route record(Requester who, String name, CellId cell, StorageId target,
      DatabaseSettings settings, Optional<Instant> expiresAt, Lineage lineage) {
    List<CellLoad> home = ground.catalog().cellLoads(Set.of(cell));
    if (Placement.choose(home, ground.random()).isEmpty()) {
      throw new OperationFailure(Kind.BUSY, "cell " + cell + " takes no new databases",
          "See its state with: reveille status");
    }
    return ground.catalog()
        .createDatabase(new NewDatabase(who.account(), name, cell, target, settings, expiresAt,
            lineage, who.name()));
  }
}
