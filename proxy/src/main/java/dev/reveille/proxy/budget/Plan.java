package dev.reveille.proxy.budget;

import dev.reveille.cell.Account;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What an account may use, and what that costs.
 *
 * @param limits what is missing is not limited; {@link AccountLimit#SPEND_CAP} is in millionths
 * @param churnPerHour databases created and dropped again in an hour without being slowed down
 * @param credentialsPerHour credentials made in an hour without being slowed down
 */
public record Plan(String name, Map<AccountLimit, Long> limits, Prices prices, int churnPerHour,
    int credentialsPerHour) {
  public Plan {
    limits = Map.copyOf(limits);
  }

  OptionalLong limit(AccountLimit limit) {
    Long value = limits.get(limit);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** With what an account has agreed to in place of what the plan says. */
  Plan with(Account.Terms terms) {
    Map<AccountLimit, Long> own = new EnumMap<>(AccountLimit.class);
    own.putAll(limits);
    terms.limits()
        .forEach((key, value) -> AccountLimit.of(key).ifPresent(limit -> own.put(limit, value)));
    terms.spendCapMicros().ifPresent(cap -> own.put(AccountLimit.SPEND_CAP, cap));
    return new Plan(name, own, prices, churnPerHour, credentialsPerHour);
  }

  /** How an amount is said, with its unit. */
  String text(AccountLimit limit, long value) {
    return switch (limit) {
      case LIVE_DATABASES, CREATES_PER_MINUTE, CREATES_PER_HOUR, WAKES_PER_HOUR, CHURN_PER_HOUR ->
        Long.toString(value);
      case COMPUTE_SECONDS -> value + " s";
      case BYTES_STORED -> value + " bytes";
      case SPEND_CAP -> Prices.text(value) + " " + prices.currency();
    };
  }

  /** The same without it. */
  String number(AccountLimit limit, long value) {
    return limit == AccountLimit.SPEND_CAP ? Prices.text(value) : Long.toString(value);
  }

  String unit(AccountLimit limit) {
    return limit == AccountLimit.SPEND_CAP ? prices.currency() : limit.unit();
  }

  PlanView view() {
    Map<String, String> texts = new TreeMap<>();
    limits.forEach((limit, value) -> texts.put(limit.word(), number(limit, value)));
    return new PlanView(name, texts,
        Map.of("compute_hour", Prices.text(prices.computeHour()), "gb_month",
            Prices.text(prices.gbMonth()), "thousand_wakes",
            Prices.text(prices.thousandWakes())),
        prices.currency());
  }

}
