package dev.reveille.cell;

import java.util.HashSet;
import java.util.Set;

/**
 * The databases that a credential may reach. Bound to ids: a database that is dropped and made again
 * under its old name is not in a scope that named the old one.
 */
public sealed interface DatabaseScope {

  /** Whether this scope lets its credential into {@code database}. */
  boolean allows(DatabaseId database);

  /** Whether {@code wider} allows every database that this one allows. */
  boolean within(DatabaseScope wider);

  /** The databases that both allow. */
  DatabaseScope intersection(DatabaseScope other);

  /** Every database of the credential's account, those made later included. */
  record All() implements DatabaseScope {
    @Override
    public boolean allows(DatabaseId database) {
      return true;
    }

    @Override
    public boolean within(DatabaseScope wider) {
      return wider instanceof All;
    }

    @Override
    public DatabaseScope intersection(DatabaseScope other) {
      return other;
    }
  }

  /** These databases only. Empty when all of them have been dropped: then nothing is allowed. */
  record Only(Set<DatabaseId> databases) implements DatabaseScope {
    public Only {
      databases = Set.copyOf(databases);
    }

    @Override
    public boolean allows(DatabaseId database) {
      return databases.contains(database);
    }

    @Override
    public boolean within(DatabaseScope wider) {
      return databases.stream().allMatch(wider::allows);
    }

    @Override
    public DatabaseScope intersection(DatabaseScope other) {
      Set<DatabaseId> both = new HashSet<>(databases);
      both.removeIf(database -> !other.allows(database));
      return new Only(both);
    }
  }
}
