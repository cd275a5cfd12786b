package dev.reveille.proxy.operations;

import dev.reveille.proxy.budget.BudgetView;
import dev.reveille.proxy.budget.UsageView;
import java.util.List;

/**
 * An account, for people and programs to read.
 *
 * @param plan the one it was given; empty for the default
 */
public record AccountView(String name, String id, String plan, List<BudgetView> budgets,
    UsageView usage) {
  public AccountView {
    budgets = List.copyOf(budgets);
  }
}
