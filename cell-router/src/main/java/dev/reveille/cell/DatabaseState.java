package dev.reveille.cell;

import java.util.Locale;

/**
 * How far a database is. Only a READY one has a route. CREATING holds its name already; DROPPING has
 * given it up, and its record stays until the storage is gone.
 */
public enum DatabaseState {
  CREATING, READY, DROPPING;

  /** The word used in the catalog. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
