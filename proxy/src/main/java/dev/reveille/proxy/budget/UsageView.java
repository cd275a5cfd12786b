package dev.reveille.proxy.budget;

import java.time.Instant;
import java.util.List;

/**
 * What an account has used in the current month of UTC, as it is shown. Money is decimal text.
 *
 * @param bytes on disk when it was last measured
 * @param gbHours bytes over time of this month, in GB (2^30) hours, rounded down
 * @param cost at the plan's prices
 * @param databases those that used or use anything this month, dropped ones included; the dearest first
 */
public record UsageView(String account, String plan, Instant since, Instant until,
    long computeSeconds, long wakes, long bytes, long gbHours, String cost, String currency,
    List<DatabaseUsageView> databases) {
  public UsageView {
    databases = List.copyOf(databases);
  }

  /**
   * What one database has used.
   *
   * @param id of the database; names may have been used again
   * @param bytes on disk when it was last measured; 0 when it is gone
   * @param dropped whether it is gone
   */
  public record DatabaseUsageView(String name, String id, long computeSeconds, long bytes,
      boolean dropped) {}
}
