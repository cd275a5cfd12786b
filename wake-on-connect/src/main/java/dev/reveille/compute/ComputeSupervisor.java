package dev.reveille.compute;

import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.machine.ComputeMachine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Computes} over one provider per cell: finds or makes the supervisor of a database and hands
 * on to it. Holds no lock while anything is told.
 */
public final class ComputeSupervisor implements Computes {
  private static final Logger LOG = LoggerFactory.getLogger(ComputeSupervisor.class);
  private static final int REMEMBERED_DROPS = 10_000;

  private final Map<CellId, ComputeProvider> providers;
  private final SupervisorSettings settings;
  private final ComputeTimer timer;
  private final RoleSweep sweep = new RoleSweep();
  private final Map<DatabaseId, DatabaseSupervisor> databases = new ConcurrentHashMap<>();
  private final Set<DatabaseId> dropped = Collections.newSetFromMap(
      Collections.synchronizedMap(new LinkedHashMap<DatabaseId, Boolean>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<DatabaseId, Boolean> eldest) {
          return size() > REMEMBERED_DROPS;
        }
      }));
  private volatile boolean stopping;

  public ComputeSupervisor(Map<CellId, ComputeProvider> providers, SupervisorSettings settings,
      ComputeTimer timer) {
    this.providers = Map.copyOf(providers);
    this.settings = settings;
    this.timer = timer;
  }

  @Override
  public Wake wake(Route route, StartPermit permit) {
    if (stopping) {
      return answered(new WakeOutcome.Failed("the proxy is stopping"));
    }
    if (dropped.contains(route.database())) {
      return answered(new WakeOutcome.Dropped());
    }
    if (!providers.containsKey(route.homeCell())) {
      return answered(new WakeOutcome.Failed("this proxy does not serve the database's cell"));
    }
    return supervisor(route).wake(route, permit);
  }

  private static Wake answered(WakeOutcome outcome) {
    Waiter waiter = new Waiter(0, StartPermit.ALWAYS, id -> {
    });
    waiter.answer(outcome);
    return waiter;
  }

  private DatabaseSupervisor supervisor(Route route) {
    return databases.computeIfAbsent(route.database(),
        id -> new DatabaseSupervisor(route, provider(route.homeCell()), settings, timer, sweep,
            () -> {
              dropped.add(id);
              databases.remove(id);
            }));
  }

  private ComputeProvider provider(CellId cell) {
    ComputeProvider provider = providers.get(cell);
    if (provider == null) {
      throw new ComputeFailedException("this proxy does not serve the cell " + cell);
    }
    return provider;
  }

  @Override
  public CompletionStage<Login> login(Route route, ComputeEndpoint endpoint, LoginRole role) {
    return guarded(() -> supervisor(route).login(route, endpoint, role));
  }

  @Override
  public void forget(ComputeEndpoint endpoint) {
    DatabaseSupervisor supervisor = databases.get(endpoint.database());
    if (supervisor != null) {
      supervisor.forget(endpoint);
    }
  }

  @Override
  public void endRoles(LiveCredentials live) {
    sweep.follow(live);
    databases.values().forEach(supervisor -> supervisor.endRoles(false));
  }

  @Override
  public AutoCloseable attach(DatabaseId database, AttachedSession session) {
    DatabaseSupervisor supervisor = databases.get(database);
    if (supervisor == null) {
      session.end(dropped.contains(database) ? EndReason.DROPPED : EndReason.COMPUTE_LOST);
      return () -> {
      };
    }
    return supervisor.attach(session);
  }

  @Override
  public CompletionStage<SuspendOutcome> suspend(DatabaseId database) {
    DatabaseSupervisor supervisor = databases.get(database);
    return supervisor == null
        ? CompletableFuture.completedFuture(new SuspendOutcome.AlreadyAsleep())
        : supervisor.suspend();
  }

  @Override
  public CompletionStage<Void> drop(Route route) {
    if (dropped.contains(route.database())) {
      return CompletableFuture.completedFuture(null);
    }
    return guarded(() -> supervisor(route).drop());
  }

  @Override
  public CompletionStage<PreparedStorage> takePrepared(CellId cell) {
    return guarded(() -> provider(cell).takePrepared());
  }

  @Override
  public CompletionStage<Void> name(PreparedStorage prepared, Route route, LoginRole role) {
    return guarded(() -> supervisor(route).name(prepared, role, false));
  }

  @Override
  public CompletionStage<Void> discard(PreparedStorage prepared) {
    return guarded(() -> provider(prepared.cell()).discard(prepared));
  }

  @Override
  public Moving<CloneReport> clone(Route source, StorageId target) {
    return moving(() -> {
      CellStorages storages = provider(source.homeCell()).storages();
      if (Change.inside(source.database())) {
        return new Held<>(
            hold -> storages.clone(source.storage(), Optional.empty(), target, hold));
      }
      return supervisorFor(source).moving(source, Change.clone(storages.copies(),
          (running, hold) -> storages.clone(source.storage(), running, target, hold)));
    });
  }

  @Override
  public Moving<CloneReport> cloneStorage(CellId cell, StorageId source, StorageId target) {
    return moving(() -> {
      CellStorages storages = provider(cell).storages();
      return new Held<>(hold -> storages.clone(source, Optional.empty(), target, hold));
    });
  }

  private static <T> Moving<T> moving(Supplier<Moving<T>> begin) {
    try {
      return begin.get();
    } catch (ComputeFailedException e) {
      return Moving.of(CompletableFuture.failedFuture(e));
    }
  }

  @Override
  public CompletionStage<Void> deleteStorage(CellId cell, StorageId storage) {
    return guarded(() -> provider(cell).storages().delete(storage));
  }

  @Override
  public CompletionStage<Route> quiesced(Route route, EndReason reason, boolean force,
      Callable<Route> work) {
    return guarded(() -> {
      if (provider(route.homeCell()).alwaysAwake()) {
        throw new ComputeFailedException("a compute of this cell is never stopped");
      }
      return changed(route, Change.quiesced(route.database(), reason, force, work));
    });
  }

  @Override
  public Moving<Long> archive(Route route) {
    return atRest(route, (storages, hold) -> storages.archive(route.storage(), hold));
  }

  @Override
  public Moving<Long> unarchive(Route route) {
    return atRest(route, (storages, hold) -> storages.unarchive(route.storage(), hold));
  }

  private Moving<Long> atRest(Route route,
      BiFunction<CellStorages, Hold, CompletionStage<Long>> work) {
    return moving(() -> {
      CellStorages storages = provider(route.homeCell()).storages();
      return Change.inside(route.database())
          ? new Held<>(hold -> work.apply(storages, hold))
          : supervisorFor(route).moving(route,
              Change.atRest((nothing, hold) -> work.apply(storages, hold)));
    });
  }

  private <T> CompletionStage<T> changed(Route route, Change<T> change) {
    return supervisorFor(route).change(route, change);
  }

  /** For a change of the database; there are none any more once the proxy is stopping. */
  private DatabaseSupervisor supervisorFor(Route route) {
    if (stopping) {
      throw new ComputeFailedException(ComputeMachine.PROXY_STOPPING);
    }
    return supervisor(route);
  }

  @Override
  public CompletionStage<List<StoredStorage>> storages(CellId cell) {
    return guarded(() -> provider(cell).storages().all());
  }

  @Override
  public CompletionStage<Void> nameForThisLife(PreparedStorage prepared, Route route,
      LoginRole role) {
    return guarded(() -> supervisor(route).name(prepared, role, true));
  }

  @Override
  public List<ComputeStatus> statuses() {
    return databases.values().stream().map(DatabaseSupervisor::status).toList();
  }

  @Override
  public CompletionStage<Void> recover() {
    return all(providers.values(), ComputeProvider::recover);
  }

  @Override
  public CompletionStage<Void> suspendAll() {
    stopping = true;
    return all(databases.values(), DatabaseSupervisor::stop);
  }

  private static <T> CompletionStage<Void> all(Iterable<T> several,
      Function<T, CompletionStage<?>> each) {
    List<CompletableFuture<?>> stages = new ArrayList<>();
    several.forEach(one -> stages.add(each.apply(one).toCompletableFuture().copy()));
    return CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new));
  }

  /** Work that may fail before it begins. */
  private interface Begin<T> {
    CompletionStage<T> begin();
  }

  private static <T> CompletionStage<T> guarded(Begin<T> work) {
    try {
      return work.begin();
    } catch (ComputeFailedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() {
    try {
      suspendAll().toCompletableFuture().join();
    } catch (CompletionException e) {
      LOG.error("not every compute was stopped cleanly", e);
    }
    providers.values().forEach(ComputeProvider::close);
    timer.close();
  }
}
