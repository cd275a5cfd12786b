package dev.reveille.proxy.metrics;

import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.AttachedSession;
import dev.reveille.compute.CloneReport;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.ComputeStatus;
import dev.reveille.compute.Computes;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.LiveCredentials;
import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.Moving;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.StartPermit;
import dev.reveille.compute.StoredStorage;
import dev.reveille.compute.SuspendOutcome;
import dev.reveille.compute.Wake;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.budget.ComputeWatch;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Counts the wakes and clones that pass through it; everything else it hands on as it is. */
public final class CountedComputes implements Computes {
  private final Computes computes;
  private final Metrics metrics;
  private final ComputeWatch watch;
  private final ConcurrentMap<DatabaseId, Long> startedEpochs = new ConcurrentHashMap<>();

  public CountedComputes(Computes computes, Metrics metrics) {
    this(computes, metrics, ComputeWatch.NOBODY);
  }

  /** As well tells {@code watch} of what is started. */
  public CountedComputes(Computes computes, Metrics metrics, ComputeWatch watch) {
    this.computes = computes;
    this.metrics = metrics;
    this.watch = watch;
  }

  @Override
  public Wake wake(Route route, StartPermit permit) {
    watch.belongs(route);
    return counted(computes.wake(route, permit), metrics, ready -> countStart(route, ready));
  }

  static Wake counted(Wake wake, Metrics metrics, Consumer<WakeOutcome.Ready> onCold) {
    AtomicBoolean answered = new AtomicBoolean();
    // The client is answered through the count: having been answered it lets go of its wake, which
    // must not look as if it had left.
    CompletionStage<WakeOutcome> counted = wake.outcome().whenComplete((outcome, failure) -> {
      if (failure == null && answered.compareAndSet(false, true)) {
        metrics.counter(Metric.WAKES, label(outcome)).increment();
        if (outcome instanceof WakeOutcome.Ready ready && ready.cold()) {
          onCold.accept(ready);
        }
      }
    });
    return new Wake() {
      @Override
      public CompletionStage<WakeOutcome> outcome() {
        return counted;
      }

      @Override
      public void abandon() {
        if (answered.compareAndSet(false, true)) {
          metrics.counter(Metric.WAKES, "abandoned").increment();
        }
        wake.abandon();
      }
    };
  }

  /** Each start has an epoch of its own, however many waited for it. */
  private void countStart(Route route, WakeOutcome.Ready ready) {
    long epoch = ready.endpoint().epoch();
    watch.started(route, epoch);
    Long before = startedEpochs.put(route.database(), epoch);
    if (before == null || before != epoch) {
      metrics.counter(Metric.STARTS, route.homeCell().value()).increment();
    }
  }

  private static String label(WakeOutcome outcome) {
    return switch (outcome) {
      case WakeOutcome.Ready ready -> ready.cold() ? "cold" : "warm";
      case WakeOutcome.TooManyWaiters many -> "too_many_waiters";
      case WakeOutcome.NotAllowed refused -> "not_allowed";
      case WakeOutcome.BackingOff off -> "backing_off";
      case WakeOutcome.Failed failed -> "failed";
      case WakeOutcome.Dropped dropped -> "dropped";
    };
  }

  @Override
  public CompletionStage<Login> login(Route route, ComputeEndpoint endpoint, LoginRole role) {
    return computes.login(route, endpoint, role);
  }

  @Override
  public void forget(ComputeEndpoint endpoint) {
    computes.forget(endpoint);
  }

  @Override
  public void endRoles(LiveCredentials live) {
    computes.endRoles(live);
  }

  @Override
  public AutoCloseable attach(DatabaseId database, AttachedSession session) {
    return computes.attach(database, session);
  }

  @Override
  public CompletionStage<SuspendOutcome> suspend(DatabaseId database) {
    return computes.suspend(database);
  }

  @Override
  public CompletionStage<Void> drop(Route route) {
    startedEpochs.remove(route.database());
    watch.dropped(route.database());
    return computes.drop(route);
  }

  @Override
  public CompletionStage<PreparedStorage> takePrepared(CellId cell) {
    return computes.takePrepared(cell);
  }

  @Override
  public CompletionStage<Void> name(PreparedStorage prepared, Route route, LoginRole role) {
    watch.belongs(route);
    return computes.name(prepared, route, role);
  }

  @Override
  public CompletionStage<Void> discard(PreparedStorage prepared) {
    return computes.discard(prepared);
  }

  @Override
  public Moving<CloneReport> clone(Route source, StorageId target) {
    return counted(computes.clone(source, target));
  }

  @Override
  public Moving<CloneReport> cloneStorage(CellId cell, StorageId source, StorageId target) {
    return counted(computes.cloneStorage(cell, source, target));
  }

  private Moving<CloneReport> counted(Moving<CloneReport> clone) {
    CompletionStage<CloneReport> counted = clone.report().thenApply(report -> {
      metrics.timer(Metric.CLONES, report.driver()).record(report.took());
      return report;
    });
    return new Moving<>() {
      @Override
      public CompletionStage<CloneReport> report() {
        return counted;
      }

      @Override
      public long moved() {
        return clone.moved();
      }

      @Override
      public void abandon() {
        clone.abandon();
      }
    };
  }

  @Override
  public CompletionStage<Void> deleteStorage(CellId cell, StorageId storage) {
    return computes.deleteStorage(cell, storage);
  }

  @Override
  public CompletionStage<Route> quiesced(Route route, EndReason reason, boolean force,
      Callable<Route> work) {
    return computes.quiesced(route, reason, force, work);
  }

  @Override
  public Moving<Long> archive(Route route) {
    return computes.archive(route);
  }

  @Override
  public Moving<Long> unarchive(Route route) {
    return computes.unarchive(route);
  }

  @Override
  public CompletionStage<List<StoredStorage>> storages(CellId cell) {
    return computes.storages(cell);
  }

  @Override
  public CompletionStage<Void> nameForThisLife(PreparedStorage prepared, Route route,
      LoginRole role) {
    return computes.nameForThisLife(prepared, route, role);
  }

  @Override
  public List<ComputeStatus> statuses() {
    return computes.statuses();
  }

  @Override
  public CompletionStage<Void> recover() {
    return computes.recover();
  }

  @Override
  public CompletionStage<Void> suspendAll() {
    return computes.suspendAll();
  }

  @Override
  public void close() {
    computes.close();
  }
}
