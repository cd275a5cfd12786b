package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.Computes;
import dev.reveille.compute.StoredStorage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up now and then what the storages of this proxy's cells hold. The catalog charges what it knew
 * before for the time since, so a measurement that fails or comes late costs exactness and nothing
 * else. One virtual thread.
 */
public final class StorageMeter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StorageMeter.class);

  private final AccountUsageTable catalog;
  private final Computes computes;
  private final Set<CellId> cells;
  private final Duration interval;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);

  private StorageMeter(AccountUsageTable catalog, Computes computes, Set<CellId> cells,
      Duration interval, InstantSource clock) {
    this.catalog = catalog;
    this.computes = computes;
    this.cells = Set.copyOf(cells);
    this.interval = interval;
    this.clock = clock;
  }

  /** Measures for the first time when one interval is over. */
  public static StorageMeter start(AccountUsageTable catalog, Computes computes,
      Set<CellId> cells, Duration interval, InstantSource clock) {
    var meter = new StorageMeter(catalog, computes, cells, interval, clock);
    Thread.ofVirtual().name("storage-meter").start(meter::run);
    return meter;
  }

  private void run() {
    try {
      while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
        cells.forEach(this::measure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void measure(CellId cell) {
    try {
      Map<StorageId, Long> bytes = new HashMap<>();
      for (StoredStorage storage : computes.storages(cell).toCompletableFuture().join()) {
        bytes.put(storage.id(), storage.bytes());
      }
      catalog.measured(cell, bytes, Months.of(clock.instant()));
    } catch (CatalogException | CompletionException e) {
      log.atWarn()
          .addKeyValue("cell", cell)
          .addKeyValue("reason", e.getMessage())
          .log("what is stored was not measured");
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
