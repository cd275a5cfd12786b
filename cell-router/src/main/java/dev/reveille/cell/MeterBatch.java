package dev.reveille.cell;

import java.util.List;
import java.util.UUID;

/**
 * What a proxy has metered since its last batch. Counted once, however often it is sent.
 *
 * @param home that it was metered at
 * @param life of the proxy; numbers grow within one
 */
public record MeterBatch(UUID home, UUID life, long number, List<Compute> computes,
    List<Wakes> wakes) {
  public MeterBatch {
    computes = List.copyOf(computes);
    wakes = List.copyOf(wakes);
  }

  /**
   * Time that a database's compute ran.
   *
   * @param month of UTC since 1970
   */
  public record Compute(AccountId account, DatabaseId database, String name, int month,
      long millis) {}

  /** Computes started; fewer than none where some were given back. */
  public record Wakes(AccountId account, int month, int count) {}
}
