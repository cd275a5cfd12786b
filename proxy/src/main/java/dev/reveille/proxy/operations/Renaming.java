package dev.reveille.proxy.operations;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.DatabaseName;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.Route;
import dev.reveille.compute.EndReason;
import dev.reveille.proxy.audit.AuditEvent.DatabaseChanged;

/**
 * Gives databases other names, while they are at rest. The catalog's row is all that there is to change:
 * the database inside the storage is renamed when it is next woken.
 */
final class Renaming {
  private final Ground ground;

  Renaming(Ground ground) {
    this.ground = ground;
  }

  void rename(Requester who, String from, String to) {
    DatabaseName.require(to);
    Route found = ground.own(ground.route(who.account(), from));
    if (ground.catalog().route(who.account(), to).isPresent()) {
      throw NameTakenException.database(to);
    }
    ground.turns().alone(found.database(), () -> {
      Route route = ground.same(found);
      ground.quiesced(route, EndReason.SUSPENDED, false, () -> renamed(route, to));
      ground.audit().record(DatabaseChanged.renamed(route, to, who.name()));
      return route;
    });
  }

  private Route renamed(Route route, String to) {
    try {
      return ground.catalog().lifetimes().renameDatabase(route.database(), to);
    } catch (NameTakenException e) {
      throw e;
    } catch (CatalogException e) {
      return ground.catalog()
          .route(route.account(), to)
          .filter(now -> now.database().equals(route.database()))
          .orElseThrow(() -> e);
    }
  }
}
