package dev.reveille.cell;

/** A cell and how many databases live in it, those being made or dropped included. */
public record CellLoad(Cell cell, int databases) {
  public CellLoad {
    if (databases < 0) {
      throw new IllegalArgumentException("databases must not be negative");
    }
  }

  /** Whether the cell may take one more database. */
  public boolean fit() {
    return cell.state() == CellState.ACTIVE && databases < cell.capacity();
  }

  /** The share of the capacity that is used; 1.0 is full. */
  public double fill() {
    return (double) databases / cell.capacity();
  }
}
