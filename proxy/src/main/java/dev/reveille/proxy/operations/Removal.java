package dev.reveille.proxy.operations;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.Route;
import dev.reveille.compute.EndReason;
import dev.reveille.proxy.audit.AuditEvent.DatabaseDropped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of databases: the catalog takes the name and the route away, then the base of a branch goes, then the storage,
 * then the record. Whatever is found in between at a start is on its way out and is taken there.
 */
final class Removal {
  private static final Logger log = LoggerFactory.getLogger(Removal.class);

  private final Ground ground;
  private final Restoring restoring;
  private final Bases bases;

  Removal(Ground ground, Restoring restoring, Bases bases) {
    this.ground = ground;
    this.restoring = restoring;
    this.bases = bases;
  }

  Dropped drop(Requester who, String name, boolean ifExists, boolean force) {
    Optional<Route> found = ground.catalog().route(who.account(), name);
    if (found.isEmpty()) {
      if (ifExists) {
        return new Dropped(false, List.of("database \"" + name + "\" does not exist, skipping"));
      }
      throw OperationFailure.noSuchDatabase(name);
    }
    ground.own(found.get());
    return ground.turns().alone(found.get().database(), () -> {
      Route route = ground.catalog()
          .route(who.account(), name)
          .filter(now -> now.database().equals(found.get().database()))
          .orElseThrow(() -> OperationFailure.noSuchDatabase(name));
      Route dropped = force ? dropping(route) : droppingAtRest(route);
      ground.audit()
          .record(new DatabaseDropped(dropped.account(), dropped.database(), dropped.name(),
              who.name()));
      remove(dropped);
      ground.budget().dropped(dropped.account());
      return new Dropped(true, List.of());
    });
  }

  private Route dropping(Route route) {
    return ground.catalog()
        .dropDatabase(route.account(), route.name())
        .orElseThrow(() -> OperationFailure.noSuchDatabase(route.name()));
  }

  private Route droppingAtRest(Route route) {
    ground.quiesced(route, EndReason.DROPPED, false, () -> dropping(route));
    return route;
  }

  /** Takes away what has no route any more, or never had one. */
  void remove(Route route) {
    restoring.clear(route);
    bases.remove(route);
    ground.await("the storage's removal", ground.computes().drop(route));
    ground.catalog().forgetDatabase(route.database());
  }

  /** The same where something has gone wrong already. */
  void undo(Route route) {
    try {
      // It may be ready: a catalog can do what was asked and be unable to say so.
      var _ = ground.catalog().dropDatabase(route.account(), route.name());
      remove(route);
    } catch (RuntimeException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("database", route.database())
          .log("left half made; the next start takes it away");
    }
  }

  /** Takes away what an earlier life left half made or half dropped in our cells. */
  void recover() {
    Catalog catalog = ground.catalog();
    List<DatabaseRecord> halves = new ArrayList<>(catalog.databasesBeingCreated());
    halves.addAll(catalog.databasesBeingDropped());
    halves.removeIf(half -> !ground.cells().contains(half.route().homeCell()));
    for (DatabaseRecord half : halves) {
      log.atInfo()
          .addKeyValue("database", half.route().database())
          .addKeyValue("state", half.state().word())
          .log("taking away what was left half done");
      remove(half.route());
    }
  }
}
