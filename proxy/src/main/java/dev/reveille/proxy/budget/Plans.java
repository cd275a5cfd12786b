package dev.reveille.proxy.budget;

import dev.reveille.cell.Account;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The plans that this proxy is configured with. Immutable. */
public final class Plans {
  private final Map<String, Plan> plans;
  private final Plan standard;

  /**
   * All plans.
   *
   * @param standard name of the one for accounts that have no other
   */
  public Plans(List<Plan> plans, String standard) {
    Map<String, Plan> byName = new LinkedHashMap<>();
    plans.forEach(plan -> byName.put(plan.name(), plan));
    this.plans = Map.copyOf(byName);
    this.standard = Optional.ofNullable(byName.get(standard))
        .orElseThrow(() -> new IllegalArgumentException("there is no plan " + standard));
  }

  /** What an account may use; of a plan that this proxy does not know, the standard one's. */
  Plan of(Account.Terms terms) {
    return terms.plan().map(plans::get).orElse(standard).with(terms);
  }

  /** The plan that an account begins with. */
  public Plan standard() {
    return standard;
  }

  /** Whether there is a plan of that name. */
  public boolean known(String name) {
    return plans.containsKey(name);
  }

  /** All of them, by name. */
  public List<PlanView> views() {
    return plans.values()
        .stream()
        .map(Plan::view)
        .sorted(Comparator.comparing(PlanView::name))
        .toList();
  }
}
