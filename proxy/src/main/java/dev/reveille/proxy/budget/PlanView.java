package dev.reveille.proxy.budget;

import java.util.Map;

/**
 * A plan, as it is shown.
 *
 * @param limits by name, as text; one that is missing is not limited
 * @param prices by name ({@code compute_hour}, {@code gb_month}, {@code thousand_wakes}), as decimal
 *     text in {@code currency}
 */
public record PlanView(String name, Map<String, String> limits, Map<String, String> prices,
    String currency) {
  public PlanView {
    limits = Map.copyOf(limits);
    prices = Map.copyOf(prices);
  }
}
