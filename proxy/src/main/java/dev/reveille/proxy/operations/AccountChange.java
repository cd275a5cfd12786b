package dev.reveille.proxy.operations;

import java.util.Map;
import java.util.Optional;

/**
 * What is to be different about an account. Text as on the command line; {@code default} takes back
 * what was set before.
 *
 * @param spendCap an amount in the plan's currency
 * @param limits by name, such as {@code wakes-per-hour}
 */
public record AccountChange(Optional<String> plan, Optional<String> spendCap,
    Map<String, String> limits) {
  /** Takes back what was set. */
  public static final String DEFAULT = "default";

  public AccountChange {
    limits = Map.copyOf(limits);
  }
}
