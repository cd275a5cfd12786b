package dev.reveille.cell.manifest;

import dev.reveille.cell.CatalogReader.CellContents;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.Route;
import java.time.Instant;
import java.util.List;

/**
 * A cell's own list of its ready databases, and of the credentials that reach them: enough to serve
 * the cell while the catalog is gone. Holds verifiers, never secrets.
 *
 * @param confirmedAt when the catalog last said that it is so
 */
public record CellManifest(
    CellId cell, Instant confirmedAt, List<Route> databases, List<Credential> credentials) {
  public CellManifest {
    databases = List.copyOf(databases);
    credentials = List.copyOf(credentials);
    for (Route route : databases) {
      if (!route.homeCell().equals(cell)) {
        throw new IllegalArgumentException(
            "database " + route.database() + " lives in cell " + route.homeCell() + ", not "
                + cell);
      }
    }
  }

  /** Whether the catalog says of the cell just what this says. */
  public boolean lists(CellContents contents) {
    return databases.equals(contents.databases()) && credentials.equals(contents.credentials());
  }
}
