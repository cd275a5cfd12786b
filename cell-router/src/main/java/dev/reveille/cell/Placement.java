package dev.reveille.cell;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Chooses the home cell of a new database. Pure: the same loads and the same chance, the same cell. */
public final class Placement {
  private Placement() {
  }

  /**
   * The emptiest fit cell by share of capacity; among equally empty ones, one by chance, so that
   * proxies that look at the same moment do not all choose the same. Empty when no cell is fit.
   */
  public static Optional<CellId> choose(Collection<CellLoad> loads, RandomGenerator chance) {
    List<CellLoad> emptiest = new ArrayList<>();
    for (CellLoad load : loads) {
      if (!load.fit()) {
        continue;
      }
      if (!emptiest.isEmpty() && load.fill() < emptiest.getFirst().fill()) {
        emptiest.clear();
      }
      if (emptiest.isEmpty() || load.fill() == emptiest.getFirst().fill()) {
        emptiest.add(load);
      }
    }
    return emptiest.isEmpty()
        ? Optional.empty()
        : Optional.of(emptiest.get(chance.nextInt(emptiest.size())).cell().id());
  }
}
