package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.CellStorages;
import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.ComputeProvider;
import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.RoleListener;
import dev.reveille.compute.RunningCompute;
import dev.reveille.compute.clone.CloneDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes of one cell as Postgres processes on this machine. Blocking work runs on virtual threads of
 * this object. {@link #recover} comes first, {@link #close} last; the caller holds the only right to
 * this cell directory (one proxy per home).
 */
public final class LocalProvider implements ComputeProvider {
  private static final Logger LOG = LoggerFactory.getLogger(LocalProvider.class);
  private static final Duration LAST_WORK = Duration.ofSeconds(30);

  private final LocalSettings settings;
  private final StartLimit starts;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final StorageTree tree;
  private final ComputeLauncher launcher;
  private final TemplateStorage template;
  private final PreparedPool pool;
  private final LoginRoles roles;
  private final LogKeeper logs;
  private final LocalStorages storages;
  private final CompletableFuture<Void> templateReady = new CompletableFuture<>();
  private final Map<StorageId, LocalCompute> unnamed = new ConcurrentHashMap<>();

  /** Nobody is told of roles. */
  public LocalProvider(LocalSettings settings, StartLimit starts, LongSupplier nanoTime) {
    this(settings, starts, nanoTime, RoleListener.NONE);
  }

  public LocalProvider(LocalSettings settings, StartLimit starts, LongSupplier nanoTime,
      RoleListener listener) {
    this.roles = new LoginRoles(listener);
    this.settings = settings;
    this.starts = starts;
    this.tree = new StorageTree(settings.directory(), settings.user());
    this.launcher = new ComputeLauncher(settings.user(), settings.runDirectory(), blocking,
        nanoTime);
    this.template = new TemplateStorage(tree, settings.postgres(), launcher, settings.startLimit());
    this.pool = new PreparedPool(new Workshop(), settings.preparedRunning(),
        settings.preparedCopies(), nanoTime);
    this.logs = new LogKeeper(settings.logLimit());
    this.storages = new LocalStorages(tree, blocking, nanoTime, this::remove);
  }

  @Override
  public boolean alwaysAwake() {
    return false;
  }

  @Override
  public CompletionStage<RunningCompute> start(Route route) {
    return Blocking.supply(blocking, () -> {
      StorageDirectory storage = tree.storage(route.storage());
      LocalCompute compute = start(storage, false);
      try {
        SettledStorage.settle(storage, compute.address().socket(), route.name());
      } catch (IOException | RuntimeException e) {
        compute.stop().toCompletableFuture().join();
        throw e;
      }
      return new NamedCompute(route.database(), compute);
    });
  }

  private LocalCompute start(StorageDirectory storage, boolean background)
      throws IOException, InterruptedException {
    StorageArchive.forgetStale(storage);
    if (storage.archived()) {
      throw new ComputeFailedException("this database is archived");
    }
    if (!storage.exists()) {
      throw new ComputeFailedException("the storage of this database is missing",
          storage.root().toString());
    }
    PostgresDistribution postgres = distribution(storage.major());
    LocalCompute compute;
    starts.enter(background);
    try {
      compute = launcher.launch(postgres, storage, tree.epoch(storage.id()), settings.compute(),
          settings.startLimit());
    } finally {
      starts.leave();
    }
    logs.watch(compute);
    blocking.execute(() -> reserveEpoch(storage));
    return compute;
  }

  private PostgresDistribution distribution(int major) throws IOException, InterruptedException {
    return settings.postgres().major() == major
        ? settings.postgres()
        : settings.distributions().forMajor(major);
  }

  private void reserveEpoch(StorageDirectory storage) {
    try {
      if (storage.exists()) {
        tree.epoch(storage.id()).reserve();
      }
    } catch (IOException e) {
      LOG.debug("epoch not reserved ahead storage={} reason={}", storage.id(), e.getMessage());
    }
  }

  @Override
  public CompletionStage<Login> login(Route route, RunningCompute compute, LoginRole role) {
    return Blocking.supply(blocking, () -> {
      roles.ensure(place(route, compute), role);
      return Login.trusted(role.name(), route.name(), Map.of("role",
          role.mode() == Mode.DDL ? RoleNames.OWNER : "none", "local_preload_libraries", ""));
    });
  }

  private static LoginRoles.Place place(Route route, RunningCompute compute) {
    return new LoginRoles.Place(route.storage(), compute.endpoint().epoch(),
        NamedCompute.socket(compute), route.name());
  }

  @Override
  public CompletionStage<Set<String>> roles(Route route, RunningCompute compute,
      boolean thorough) {
    return thorough
        ? Blocking.supply(blocking, () -> roles.present(place(route, compute)))
        : CompletableFuture
            .completedFuture(roles.known(route.storage(), compute.endpoint().epoch()));
  }

  @Override
  public CompletionStage<Void> endRoles(Route route, RunningCompute compute,
      Set<String> ended) {
    return Blocking.run(blocking, () -> roles.end(place(route, compute), ended));
  }

  @Override
  public CompletionStage<PreparedStorage> takePrepared() {
    return templateReady.thenCompose(ready -> Blocking.supply(blocking, () -> {
      PreparedPool.Taken taken = pool.take();
      StorageId id = taken.storage().id();
      taken.compute().ifPresent(compute -> unnamed.put(id, compute));
      // No copy of a template any more: if nobody names it before we die, the next life deletes it.
      Files.writeString(taken.storage().unnamedMark(), "taken\n");
      return new PreparedStorage(settings.cell(), id);
    }));
  }

  @Override
  public CompletionStage<RunningCompute> name(PreparedStorage prepared, Route route,
      LoginRole role) {
    return name(prepared, route, role, storage -> Files.deleteIfExists(storage.unnamedMark()));
  }

  @Override
  public CompletionStage<RunningCompute> nameForThisLife(PreparedStorage prepared, Route route,
      LoginRole role) {
    return name(prepared, route, role,
        storage -> Files.writeString(storage.unnamedMark(), LocalStorages.CONSOLE));
  }

  /** What becomes of the mark that nobody has named a storage. */
  private interface Mark {
    void change(StorageDirectory storage) throws IOException;
  }

  private CompletionStage<RunningCompute> name(PreparedStorage prepared, Route route,
      LoginRole role, Mark mark) {
    if (!prepared.storage().equals(route.storage())) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("the route has another storage than the prepared one"));
    }
    StorageDirectory storage = tree.storage(route.storage());
    CompletionStage<Void> marked = Blocking.run(blocking, () -> {
      mark.change(storage);
      FileTrees.syncDirectory(storage.root());
    });
    return Blocking.<RunningCompute>supply(blocking, () -> {
      LocalCompute compute = nameOne(storage, route, role);
      SettledStorage.remember(storage, route.name());
      return new NamedCompute(route.database(), compute);
    })
        .thenCombine(marked, (compute, nothing) -> compute)
        .whenComplete((compute, failure) -> pool.settled(route.storage()));
  }

  /** A prepared compute may have died unnoticed; naming can be repeated on a fresh one. */
  private LocalCompute nameOne(StorageDirectory storage, Route route, LoginRole role)
      throws IOException, InterruptedException {
    LocalCompute prepared = unnamed.remove(route.storage());
    if (prepared != null && prepared.alive()) {
      try {
        roles.name(place(route, new NamedCompute(route.database(), prepared)), role);
        return prepared;
      } catch (IOException e) {
        LOG.warn("prepared compute failed storage={} reason={}", route.storage(), e.toString());
        prepared.stop().toCompletableFuture().join();
      }
    }
    roles.dismiss(route.storage());
    LocalCompute fresh = start(storage, false);
    try {
      roles.name(place(route, new NamedCompute(route.database(), fresh)), role);
      return fresh;
    } catch (IOException | RuntimeException e) {
      fresh.stop();
      throw e;
    }
  }

  @Override
  public CompletionStage<Void> discard(PreparedStorage prepared) {
    return remove(prepared.storage());
  }

  @Override
  public CellStorages storages() {
    return storages;
  }

  @Override
  public CompletionStage<Void> delete(Route route) {
    return remove(route.storage());
  }

  private CompletionStage<Void> remove(StorageId id) {
    return Blocking.run(blocking, () -> {
      List<LocalCompute> running = new ArrayList<>();
      pool.settled(id);
      pool.remove(id).ifPresent(running::add);
      Optional.ofNullable(unnamed.remove(id)).ifPresent(running::add);
      running.forEach(compute -> compute.stop().toCompletableFuture().join());
      tree.discard(id);
      roles.forget(id);
      blocking.execute(this::emptyTrash);
    });
  }

  private void emptyTrash() {
    try {
      tree.emptyTrash();
    } catch (IOException e) {
      LOG.warn("trash cannot be emptied cell={} reason={}", settings.cell(), e.getMessage());
    }
  }

  /**
   * Stops strays, clears what was not finished, and prepares in the background. Complete when storages
   * may be started; the template may still be in the making.
   */
  @Override
  public CompletionStage<Void> recover() {
    return Blocking.run(blocking, () -> {
      List<StorageDirectory> left = new LocalRecovery(tree, launcher.strays(),
          settings.runDirectory(), template.key()).run();
      blocking.execute(this::emptyTrash);
      blocking.execute(() -> prepare(left));
    });
  }

  private void prepare(List<StorageDirectory> left) {
    try {
      template.create();
      templateReady.complete(null);
      pool.open(left);
    } catch (IOException | RuntimeException e) {
      LOG.error("template cannot be made cell={} reason={}", settings.cell(), e.getMessage(), e);
      templateReady.completeExceptionally(
          new ComputeFailedException("new databases cannot be prepared in this cell", e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      templateReady.completeExceptionally(e);
    }
  }

  /** Completes when this cell can make databases. */
  public CompletionStage<Void> ready() {
    return templateReady.minimalCompletionStage();
  }

  /** How storages are cloned here; known once the cell was recovered. */
  public CloneDriver driver() {
    return tree.driver();
  }

  /** How full the pool is at this moment. */
  public PreparedSizes prepared() {
    return pool.sizes();
  }

  @Override
  public void close() {
    pool.close();
    roles.close();
    unnamed.values().forEach(compute -> compute.stop().toCompletableFuture().join());
    logs.close();
    blocking.shutdownNow();
    try {
      if (!blocking.awaitTermination(LAST_WORK.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("work under way at the end cell={}", settings.cell());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Workshop implements PreparedPool.Workshop {
    @Override
    public StorageDirectory copy(StorageId id) throws IOException, InterruptedException {
      StorageDirectory storage = template.copy(id);
      tree.epoch(id).reserve();
      return storage;
    }

    @Override
    public LocalCompute start(StorageDirectory storage) throws IOException, InterruptedException {
      LocalCompute compute = LocalProvider.this.start(storage, true);
      try {
        roles.await(storage.id(), WarmCaches.warm(compute.address().socket()));
      } catch (IOException e) {
        LOG.debug("prepared compute stays cold storage={} reason={}", storage.id(), e.getMessage());
      }
      return compute;
    }

    @Override
    public void discard(StorageDirectory storage) throws IOException {
      tree.discard(storage.id());
    }
  }
}
