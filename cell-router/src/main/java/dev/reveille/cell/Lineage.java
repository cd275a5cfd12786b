package dev.reveille.cell;

import java.util.Optional;

/**
 * What a database was made from. The parent may be gone, or bear another name by now.
 *
 * @param parent empty for a database that began empty
 * @param parentName the parent's name at that time
 * @param checkpoint the checkpoint of the parent that it was made from; empty when it was the parent
 *     as it was at that moment
 */
public record Lineage(Optional<DatabaseId> parent, Optional<String> parentName,
    Optional<String> checkpoint) {
  public static final Lineage NONE = new Lineage(Optional.empty(), Optional.empty(),
      Optional.empty());

  public boolean isBranch() {
    return parent.isPresent();
  }
}
