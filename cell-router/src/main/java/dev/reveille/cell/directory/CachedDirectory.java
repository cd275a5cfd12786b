package dev.reveille.cell.directory;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogReader;
import dev.reveille.cell.CatalogReader.Change;
import dev.reveille.cell.CatalogUnavailableException;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseName;
import dev.reveille.cell.Directory;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.cell.Route;
import dev.reveille.cell.directory.LastKnown.Known;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one proxy. While the catalog answers, a cached answer is as old as a notification
 * takes, and at most as old as one poll. While it does not, the cache answers, then what the cells
 * have kept, both only up to {@link DirectorySettings#maxStaleness}, counted from when the catalog was
 * last followed; beyond that, and for what is not known, stages fail with {@link
 * CatalogUnavailableException}, at once. Whether a credential has expired is never cached: it is in
 * the record, for the caller's clock to decide.
 *
 * <p>Threads: one virtual thread polls, one listens, one runs per load. {@link #close} ends them.
 */
public final class CachedDirectory implements Directory {
  private static final Logger LOG = LoggerFactory.getLogger(CachedDirectory.class);

  private record RouteKey(AccountId account, String name) {}

  private final DirectorySettings settings;
  private final LastKnown lastKnown;
  private final InstantSource clock;
  private final ExecutorService loads = Executors.newVirtualThreadPerTaskExecutor();
  private final Lookup<String, CredentialId, Credential> credentials;
  private final Lookup<RouteKey, DatabaseId, Route> routes;
  private final Follower follower;
  private final List<Consumer<DirectoryChange>> listeners = new CopyOnWriteArrayList<>();

  private CachedDirectory(CatalogReader catalog, DirectorySettings settings, LastKnown lastKnown,
      InstantSource clock, LongSupplier nanoTime) {
    this.settings = settings;
    this.lastKnown = lastKnown;
    this.clock = clock;
    this.credentials = new Lookup<>(
        new VersionedCache<>(
            settings.cacheEntries(), Credential::name, Credential::id, Credential::version),
        catalog::credential, loads);
    this.routes = new Lookup<>(
        new VersionedCache<>(settings.cacheEntries(),
            route -> new RouteKey(route.account(), route.name()), Route::database, Route::version),
        key -> catalog.route(key.account(), key.name()), loads);
    this.follower = new Follower(catalog, settings.pollEvery(), nanoTime, new Follower.Target() {
      @Override
      public void changed(Change change) {
        take(change);
      }

      @Override
      public void missed() {
        startAfresh();
      }
    });
  }

  /**
   * Starts to follow {@code catalog}, whether it is there or not.
   *
   * @param lastKnown asked for what is not cached while the catalog is gone
   * @param clock for the age of what {@code lastKnown} says
   * @param nanoTime for the age of what is cached, as {@link System#nanoTime}
   */
  public static CachedDirectory follow(CatalogReader catalog, DirectorySettings settings,
      LastKnown lastKnown, InstantSource clock, LongSupplier nanoTime) {
    CachedDirectory directory = new CachedDirectory(catalog, settings, lastKnown, clock, nanoTime);
    directory.follower.start();
    return directory;
  }

  @Override
  public CompletionStage<Optional<Credential>> credential(String name) {
    if (!Credential.validName(name)) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    return find(credentials, name, () -> lastKnown.credential(name));
  }

  @Override
  public CompletionStage<Optional<Route>> route(AccountId account, String databaseName) {
    if (!DatabaseName.valid(databaseName)) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    return find(routes, new RouteKey(account, databaseName),
        () -> lastKnown.route(account, databaseName));
  }

  private <K, I, V> CompletionStage<Optional<V>> find(
      Lookup<K, I, V> lookup, K key, Supplier<Optional<Known<V>>> kept) {
    Optional<V> cached = lookup.cache().find(key);
    if (cached.isPresent() && follower.inStepWithin(settings.maxStaleness())) {
      return CompletableFuture.completedStage(cached);
    }
    if (!follower.reachable()) {
      return withoutCatalog(lookup, kept.get());
    }
    long timeout = settings.lookupTimeout().toNanos();
    return lookup.load(key)
        .orTimeout(timeout, TimeUnit.NANOSECONDS)
        .exceptionallyCompose(failure -> {
          Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
          if (cause instanceof CatalogUnavailableException || cause instanceof TimeoutException) {
            follower.failed();
            return withoutCatalog(lookup, kept.get());
          }
          return CompletableFuture.failedFuture(cause == null ? failure : cause);
        });
  }

  private <K, I, V> CompletionStage<Optional<V>> withoutCatalog(
      Lookup<K, I, V> lookup, Optional<Known<V>> kept) {
    if (kept.isEmpty()) {
      return CompletableFuture.failedStage(new CatalogUnavailableException(
          "the catalog cannot be reached, and what was asked for is not known here", null));
    }
    Known<V> known = kept.get();
    if (known.confirmedAt().plus(settings.maxStaleness()).isBefore(clock.instant())) {
      return CompletableFuture.failedStage(new CatalogUnavailableException(
          "the catalog cannot be reached, and what is known here is older than "
              + settings.maxStaleness(),
          null));
    }
    if (!lookup.cache().current(known.value())) {
      return CompletableFuture.failedStage(new CatalogUnavailableException(
          "the catalog cannot be reached, and what is known here has changed since", null));
    }
    return CompletableFuture.completedStage(Optional.of(known.value()));
  }

  private void take(Change change) {
    try {
      switch (change.subject()) {
        case CREDENTIAL -> {
          CredentialId id = CredentialId.parse(change.id());
          if (credentials.cache().changed(id, change.version())) {
            tell(new DirectoryChange.CredentialChanged(id));
          }
        }
        case DATABASE -> {
          DatabaseId id = DatabaseId.parse(change.id());
          if (routes.cache().changed(id, change.version())) {
            tell(new DirectoryChange.RouteChanged(id));
          }
        }
        case DATABASE_DROPPED -> {
          DatabaseId id = DatabaseId.parse(change.id());
          if (routes.cache().changed(id, change.version())) {
            tell(new DirectoryChange.RouteDropped(id));
          }
        }
        case CELL -> {
          // Routes do not change with their cell's state, and placement asks the catalog.
        }
      }
    } catch (IllegalArgumentException e) {
      LOG.warn("a change that is not understood was ignored subject={}", change.subject());
    }
  }

  private void startAfresh() {
    credentials.cache().clear();
    routes.cache().clear();
    tell(new DirectoryChange.Resynchronized());
  }

  private void tell(DirectoryChange change) {
    for (Consumer<DirectoryChange> listener : listeners) {
      try {
        listener.accept(change);
      } catch (RuntimeException e) {
        LOG.error("a listener failed change={}", change, e);
      }
    }
  }

  @Override
  public AutoCloseable onChange(Consumer<DirectoryChange> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public boolean catalogReachable() {
    return follower.reachable();
  }

  /** The threads of this directory that outlive a lookup. */
  List<Thread> threads() {
    return follower.threads();
  }

  @Override
  public void close() {
    follower.close();
    loads.shutdownNow();
    loads.close();
  }
}
