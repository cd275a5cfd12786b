package dev.reveille.cell;

import java.util.Locale;

/** ACTIVE takes new databases; DRAINING serves those it has; DOWN serves none. */
public enum CellState {
  ACTIVE, DRAINING, DOWN;

  /** The word used in the catalog and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
