package dev.reveille.proxy.config;

import dev.reveille.proxy.budget.AccountLimit;
import dev.reveille.proxy.budget.Plan;
import dev.reveille.proxy.budget.Prices;
import dev.reveille.proxy.config.Configuration.Accounts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Plans as they are configured. */
final class PlanOptions {
  private static final String STANDARD = "default";

  private PlanOptions() {
  }

  /** With a plan {@code default}, of default values, unless one of that name is written. */
  static Accounts accounts(Settings s) {
    List<Plan> plans = new ArrayList<>(
        IntStream.range(0, s.count("plans")).mapToObj(i -> plan(s, i)).toList());
    if (plans.stream().noneMatch(plan -> plan.name().equals(STANDARD))) {
      Map<String, Written> onlyItsName = Map.of("plans[0].name", new Written(STANDARD, "default"));
      plans.add(plan(new Settings(onlyItsName, new ArrayList<>()), 0));
    }
    return new Accounts(List.copyOf(plans), s.get(Options.DEFAULT_PLAN),
        s.get(Options.METER_FLUSH), s.get(Options.METER_STORAGE));
  }

  private static Plan plan(Settings s, int i) {
    Map<AccountLimit, Long> limits = new EnumMap<>(AccountLimit.class);
    limit(limits, AccountLimit.LIVE_DATABASES, s.get(Options.PLAN_DATABASES, i));
    limit(limits, AccountLimit.CREATES_PER_MINUTE, s.get(Options.PLAN_CREATES_MINUTE, i));
    limit(limits, AccountLimit.CREATES_PER_HOUR, s.get(Options.PLAN_CREATES_HOUR, i));
    limit(limits, AccountLimit.WAKES_PER_HOUR, s.get(Options.PLAN_WAKES, i));
    limit(limits, AccountLimit.COMPUTE_SECONDS, s.get(Options.PLAN_COMPUTE, i));
    s.get(Options.PLAN_BYTES, i).ifPresent(most -> limits.put(AccountLimit.BYTES_STORED, most));
    s.get(Options.PLAN_CAP, i).ifPresent(most -> limits.put(AccountLimit.SPEND_CAP, most));
    return new Plan(s.get(Options.PLAN_NAME, i), limits,
        new Prices(s.get(Options.PRICE_COMPUTE, i), s.get(Options.PRICE_STORAGE, i),
            s.get(Options.PRICE_WAKES, i), s.get(Options.PLAN_CURRENCY, i)),
        s.get(Options.PLAN_CHURN, i), s.get(Options.PLAN_CREDENTIALS, i));
  }

  private static void limit(Map<AccountLimit, Long> limits, AccountLimit limit,
      Optional<Integer> most) {
    most.ifPresent(value -> limits.put(limit, value.longValue()));
  }

  static void check(Accounts accounts, List<String> problems) {
    Set<String> names = new HashSet<>();
    for (Plan plan : accounts.plans()) {
      if (!names.add(plan.name())) {
        problems.add("plans: \"" + plan.name() + "\" is there twice");
      }
    }
    if (!names.contains(accounts.defaultPlan())) {
      problems.add("accounts.default-plan: there is no plan \"" + accounts.defaultPlan() + "\""
          + Nearest.hint(accounts.defaultPlan(), names));
    }
  }
}
