package dev.reveille.proxy.operations;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.Route;
import dev.reveille.proxy.audit.AuditEvent.DatabaseDropped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of databases: the catalog takes the name and the route away, then the storage goes, then the
 * record. Whatever is found in between at a start is on its way out and is taken there.
 */
final class Removal {
  private static final Logger log = LoggerFactory.getLogger(Removal.class);

  private final Ground ground;

  Removal(Ground ground) {
    this.ground = ground;
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
      if (!force) {
        requireNoSessions(route);
      }
      Route dropped = ground.catalog()
          .dropDatabase(who.account(), name)
          .orElseThrow(() -> OperationFailure.noSuchDatabase(name));
      ground.audit()
          .record(new DatabaseDropped(dropped.account(), dropped.database(), dropped.name(),
              who.name()));
      remove(dropped);
      ground.budget().dropped(dropped.account());
      return new Dropped(true, List.of());
    });
  }

  private void requireNoSessions(Route route) {
    ground.computes()
        .statuses()
        .stream()
        .filter(status -> status.database().equals(route.database()) && status.sessions() > 0)
        .findFirst()
        .ifPresent(status -> {
          throw OperationFailure.inUse(route.name(), others(status.sessions()));
        });
  }

  /** Worded as Postgres words it (src/backend/storage/ipc/procarray.c). */
  private static String others(int sessions) {
    return sessions == 1
        ? "There is 1 other session using the database."
        : "There are " + sessions + " other sessions using the database.";
  }

  /** Takes away what has no route any more, or never had one. */
  void remove(Route route) {
    ground.await("the storage's removal", ground.computes().drop(route));
    ground.catalog().forgetDatabase(route.database());
  }

  /** The same where something has gone wrong already. */
  void undo(Route route) {
    try {
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
