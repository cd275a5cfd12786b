package dev.reveille.cell;

/**
 * A failure domain: storage, computes, limits, and a manifest of its own databases.
 *
 * @param provider the kind of compute provider that serves it, for example {@code local}
 * @param capacity most databases that it takes; at least 1
 */
public record Cell(CellId id, CellState state, String provider, int capacity) {
  public Cell {
    if (provider.isBlank()) {
      throw new IllegalArgumentException("a cell has a provider");
    }
    if (capacity < 1) {
      throw new IllegalArgumentException("a cell's capacity is at least 1");
    }
  }
}
