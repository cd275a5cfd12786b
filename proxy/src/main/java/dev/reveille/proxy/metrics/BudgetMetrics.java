package dev.reveille.proxy.metrics;

import dev.reveille.proxy.budget.AccountLimit;
import dev.reveille.proxy.budget.AccountListener;
import java.time.Duration;

/** Counts what budgets refuse and slow down. Any thread. */
public final class BudgetMetrics implements AccountListener {
  private final Metrics metrics;

  public BudgetMetrics(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void refused(AccountLimit budget) {
    metrics.counter(Metric.BUDGET_REFUSALS, budget.word()).increment();
  }

  @Override
  public void slowed(Duration wait) {
    metrics.counter(Metric.SLOWED).increment(wait.toMillis() / 1e3);
  }
}
