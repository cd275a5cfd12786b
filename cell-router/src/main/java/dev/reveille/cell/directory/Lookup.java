package dev.reveille.cell.directory;

import dev.reveille.cell.CatalogUnavailableException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * Loads by key through a cache: many who ask for one key at one time share one load. Absence is not
 * kept, and nobody is told of an absence by a load that began before they asked. Safe from any thread;
 * loads run on the executor.
 */
final class Lookup<K, I, V> {
  private static final int ATTEMPTS = 3;

  private final VersionedCache<K, I, V> cache;
  private final Function<K, Optional<V>> source;
  private final Executor executor;
  private final ConcurrentMap<K, CompletableFuture<Optional<V>>> loading = new ConcurrentHashMap<>();

  Lookup(VersionedCache<K, I, V> cache, Function<K, Optional<V>> source, Executor executor) {
    this.cache = cache;
    this.source = source;
    this.executor = executor;
  }

  VersionedCache<K, I, V> cache() {
    return cache;
  }

  CompletableFuture<Optional<V>> load(K key) {
    CompletableFuture<Optional<V>> mine = new CompletableFuture<>();
    CompletableFuture<Optional<V>> others = loading.putIfAbsent(key, mine);
    if (others == null) {
      start(key, mine);
      return mine.copy();
    }
    // Any load that can be joined from here on began after this call.
    return others.thenCompose(found -> found.isPresent() ? others : loadOrJoin(key));
  }

  private CompletableFuture<Optional<V>> loadOrJoin(K key) {
    CompletableFuture<Optional<V>> mine = new CompletableFuture<>();
    CompletableFuture<Optional<V>> others = loading.putIfAbsent(key, mine);
    if (others != null) {
      return others;
    }
    start(key, mine);
    return mine;
  }

  private void start(K key, CompletableFuture<Optional<V>> result) {
    try {
      executor.execute(() -> run(key, result));
    } catch (RejectedExecutionException e) {
      loading.remove(key, result);
      result.completeExceptionally(
          new CatalogUnavailableException("the directory has been closed", e));
    }
  }

  private void run(K key, CompletableFuture<Optional<V>> result) {
    Optional<V> found;
    try {
      found = loadNow(key);
    } catch (RuntimeException | Error e) {
      loading.remove(key, result);
      result.completeExceptionally(e);
      return;
    }
    loading.remove(key, result);
    result.complete(found);
  }

  private Optional<V> loadNow(K key) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long generation = cache.generation();
      Optional<V> loaded = source.apply(key);
      if (loaded.isEmpty()) {
        return loaded;
      }
      Optional<V> newest = cache.store(loaded.get(), generation);
      if (newest.isPresent()) {
        return newest;
      }
    }
    throw new CatalogUnavailableException(
        "the catalog changes faster than it can be read, or answers with old data", null);
  }
}
