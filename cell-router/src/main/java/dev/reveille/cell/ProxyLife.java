package dev.reveille.cell;

import java.util.List;
import java.util.UUID;

/**
 * One run of a proxy.
 *
 * @param id of this run; never used again
 * @param home what it was started from; the same after a restart
 * @param cells those of which it starts computes
 */
public record ProxyLife(UUID id, UUID home, List<CellId> cells) {
  public ProxyLife {
    cells = List.copyOf(cells);
  }
}
