package dev.reveille.cell;

import java.util.Locale;

/**
 * How far a database is. READY and ARCHIVED ones have a route. CREATING holds its name already;
 * DROPPING has given it up, and its record stays until the storage is gone.
 */
public enum DatabaseState {
  CREATING, READY, ARCHIVED, DROPPING;

  /** The word used in the catalog. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
