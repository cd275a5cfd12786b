package dev.reveille.cell;

import java.util.Map;
import java.util.Optional;

/** An account as the catalog has it. */
public record Account(AccountId id, String name, Terms terms) {

  /**
   * What is agreed with an account.
   *
   * @param plan one that the proxies are configured with; empty for their default
   * @param spendCapMicros millionths of the plan's currency, in place of the plan's
   * @param limits by name, each in place of the plan's
   */
  public record Terms(Optional<String> plan, Optional<Long> spendCapMicros,
      Map<String, Long> limits) {
    /** What every account begins with. */
    public static final Terms NONE = new Terms(Optional.empty(), Optional.empty(), Map.of());

    public Terms {
      limits = Map.copyOf(limits);
    }
  }
}
