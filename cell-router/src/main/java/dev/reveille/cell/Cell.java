package dev.reveille.cell;

import java.util.List;

/**
 * A failure domain: storage, computes, limits, and a manifest of its own databases.
 *
 * @param provider the kind of compute provider that serves it, for example {@code local}
 * @param capacity most databases that it takes; at least 1
 */
public record Cell(CellId id, CellState state, String provider, int capacity) {

  /** The cells of a new deployment: {@code a} and {@code b}, both local and active. */
  public static List<Cell> defaults() {
    return List.of(
        new Cell(new CellId("a"), CellState.ACTIVE, "local", 10_000),
        new Cell(new CellId("b"), CellState.ACTIVE, "local", 10_000));
  }

  public Cell {
    if (provider.isBlank()) {
      throw new IllegalArgumentException("a cell has a provider");
    }
    if (capacity < 1) {
      throw new IllegalArgumentException("a cell's capacity is at least 1");
    }
  }
}
