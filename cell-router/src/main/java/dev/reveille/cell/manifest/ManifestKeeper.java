package dev.reveille.cell.manifest;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CatalogReader;
import dev.reveille.cell.CatalogReader.CellContents;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.cell.Route;
import dev.reveille.cell.directory.LastKnown;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the manifests of this proxy's cells as the catalog has them, in memory and on the cells'
 * storage, and answers from them when the catalog is gone. Loads the files when made; after {@link
 * #start} one virtual thread brings them up to date soon after each change that {@link #noticed} is
 * told of, and confirms them from time to time. A cell that cannot be written is reported and tried
 * again; it keeps none of the others.
 *
 * <p>Each change costs a read of the cell's contents and a write of its file, so a round is followed
 * by a rest ten times as long as it took.
 */
public final class ManifestKeeper implements LastKnown, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestKeeper.class);
  private static final int REST = 10;

  private final CatalogReader catalog;
  private final Map<CellId, ManifestFile> files;
  private final Duration confirmEvery;
  private final InstantSource clock;
  private final Map<CellId, ManifestIndex> current = new ConcurrentHashMap<>();
  private final Map<CellId, String> problems = new ConcurrentHashMap<>();
  private final Semaphore wanted = new Semaphore(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("manifest-keeper").unstarted(this::run);

  /**
   * Loads what the cells have.
   *
   * @param confirmEvery how often a manifest that has not changed is confirmed; also how soon a
   *     round that failed is tried again
   */
  public ManifestKeeper(CatalogReader catalog, Map<CellId, ManifestFile> files,
      Duration confirmEvery, InstantSource clock) {
    this.catalog = catalog;
    this.files = Map.copyOf(files);
    this.confirmEvery = confirmEvery;
    this.clock = clock;
    this.files.forEach(this::load);
  }

  /** Starts to bring the manifests up to date. */
  public void start() {
    thread.start();
  }

  /** To be told of every change of the directory; returns at once. */
  public void noticed(DirectoryChange change) {
    wanted.release();
  }

  /** What is wrong with the manifest of a cell at this moment, by cell; empty when all is well. */
  public Map<CellId, String> problems() {
    return Map.copyOf(problems);
  }

  @Override
  public Optional<Known<Credential>> credential(String name) {
    Known<Credential> best = null;
    for (ManifestIndex index : current.values()) {
      best = newer(best, index.credential(name));
    }
    return Optional.ofNullable(best);
  }

  @Override
  public Optional<Known<Route>> route(AccountId account, String databaseName) {
    Known<Route> best = null;
    for (ManifestIndex index : current.values()) {
      best = newer(best, index.route(account, databaseName));
    }
    return Optional.ofNullable(best);
  }

  private static <T> @Nullable Known<T> newer(@Nullable Known<T> a, @Nullable Known<T> b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.confirmedAt().isBefore(b.confirmedAt()) ? b : a;
  }

  private void load(CellId cell, ManifestFile file) {
    try {
      file.load().ifPresent(loaded -> {
        loaded.problem().ifPresent(problem -> report(cell, problem));
        if (loaded.manifest().cell().equals(cell)) {
          current.put(cell, new ManifestIndex(loaded.manifest()));
        } else {
          report(cell, "the manifest " + file.path() + " is of cell " + loaded.manifest().cell());
        }
      });
    } catch (ManifestException e) {
      report(cell, String.valueOf(e.getMessage()));
    }
  }

  private void run() {
    long rest;
    try {
      do {
        if (wanted.tryAcquire(confirmEvery.toNanos(), TimeUnit.NANOSECONDS)) {
          wanted.drainPermits();
        }
        long before = System.nanoTime();
        files.forEach(this::refresh);
        rest = Math.min((System.nanoTime() - before) * REST, confirmEvery.toNanos());
      } while (!closed.await(rest, TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      LOG.debug("manifest keeper stopped");
    }
  }

  private void refresh(CellId cell, ManifestFile file) {
    try {
      Instant asked = clock.instant();
      CellContents contents = catalog.contents(cell);
      ManifestIndex held = current.get(cell);
      if (held != null && held.manifest().lists(contents)
          && asked.isBefore(held.manifest().confirmedAt().plus(confirmEvery))
          && !problems.containsKey(cell)) {
        return;
      }
      CellManifest manifest = new CellManifest(cell, asked, contents.databases(),
          contents.credentials());
      current.put(cell, new ManifestIndex(manifest));
      file.save(manifest);
      problems.remove(cell);
    } catch (CatalogException e) {
      LOG.debug("manifest not refreshed cell={} reason={}", cell, e.getMessage());
    } catch (IOException e) {
      report(cell, "the manifest " + file.path() + " cannot be written: " + e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("manifest not refreshed cell={}", cell, e);
    }
  }

  private void report(CellId cell, String problem) {
    if (!problem.equals(problems.put(cell, problem))) {
      LOG.warn("cell={} {}", cell, problem);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
