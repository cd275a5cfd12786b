package dev.reveille.proxy.app;

import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.ProxyLife;
import dev.reveille.compute.ComputeStatus;
import dev.reveille.compute.Computes;
import dev.reveille.proxy.budget.AccountLedger;
import dev.reveille.proxy.budget.Pause;
import dev.reveille.proxy.budget.Plans;
import dev.reveille.proxy.budget.RunningComputes;
import dev.reveille.proxy.budget.StorageMeter;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.metrics.BudgetMetrics;
import dev.reveille.proxy.metrics.Metric;
import dev.reveille.proxy.metrics.Metrics;
import dev.reveille.proxy.operations.Usage;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What accounts may use and what they have used, put together. */
final class Accounting implements AutoCloseable {
  private final AccountUsageTable catalog;
  private final Configuration.Accounts options;
  private final AccountLedger ledger;
  private @Nullable StorageMeter storage;

  Accounting(AccountUsageTable catalog, ProxyLife life, Configuration.Accounts options,
      Metrics metrics) {
    this.catalog = catalog;
    this.options = options;
    ledger = new AccountLedger(catalog, life, new Plans(options.plans(), options.defaultPlan()),
        options.flush(), InstantSource.system(), System::nanoTime, Pause.system(),
        new BudgetMetrics(metrics));
    metrics.counted(Metric.COMPUTE_TIME, () -> ledger.computeTime().toMillis() / 1e3);
  }

  AccountLedger ledger() {
    return ledger;
  }

  Usage usage() {
    return new Usage(catalog, ledger);
  }

  /** Begins to measure what runs, and what is stored in these cells. */
  void start(Computes computes, Set<CellId> cells) {
    ledger.start(new RunningComputes() {
      @Override
      public List<ComputeStatus> statuses() {
        return computes.statuses();
      }

      @Override
      public void suspend(DatabaseId database) {
        var _ = computes.suspend(database);
      }
    });
    storage = StorageMeter.start(catalog, computes, cells, options.measureStorage(),
        InstantSource.system());
  }

  @Override
  public void close() {
    StorageMeter started = storage;
    if (started != null) {
      started.close();
    }
    ledger.close();
  }
}
