package dev.reveille.cell;

import dev.reveille.cell.CatalogReader.Cursor;
import java.util.List;
import java.util.Set;

/**
 * What may have changed of an account's databases.
 *
 * @param touched the ids of those that may have changed, begun or ended, and possibly of databases that
 *     were another account's and are gone
 * @param now those of them that are ready or archived, as they are
 * @param complete false when the stream of changes has a gap: all databases must then be read again
 */
public record DatabaseChanges(Set<DatabaseId> touched, List<DatabaseRecord> now, Cursor next,
    boolean complete) {
  public DatabaseChanges {
    touched = Set.copyOf(touched);
    now = List.copyOf(now);
  }
}
