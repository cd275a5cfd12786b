package dev.reveille.proxy.app;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.proxy.http.Readiness.Check;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.session.Sessions;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then: certificates looked at, bytes reported, and until it has worked
 * once, the cells made known to the catalog and what was left half done taken away. One thread.
 */
final class Upkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final Duration CERTIFICATES = Duration.ofSeconds(10);
  private static final Duration BYTES = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final ScheduledExecutorService thread = Executors
      .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("reveille-upkeep").factory());
  private final Catalog catalog;
  private final Cells cells;
  private final Databases databases;
  private final SharedKeyKeeper keys;
  private volatile boolean introduced;

  private Upkeep(Catalog catalog, Cells cells, Databases databases, SharedKeyKeeper keys) {
    this.catalog = catalog;
    this.keys = keys;
    this.cells = cells;
    this.databases = databases;
  }

  /** Tries to introduce the cells at once; a catalog that is gone is tried again. */
  static Upkeep start(TlsSetup tls, Sessions sessions, Catalog catalog, Cells cells,
      Databases databases, SharedKeyKeeper keys) {
    Upkeep upkeep = new Upkeep(catalog, cells, databases, keys);
    upkeep.introduce();
    upkeep.every(CERTIFICATES, tls::poll);
    upkeep.every(BYTES, sessions::reportBytes);
    return upkeep;
  }

  private void introduce() {
    try {
      keys.refresh();
      databases.recover();
      cells.register(catalog);
      introduced = true;
    } catch (CatalogException | OperationFailure e) {
      log.atWarn().addKeyValue("reason", e.getMessage()).log("the cells are not known yet");
      var _ = thread.schedule(this::introduce, AGAIN.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void every(Duration period, Runnable task) {
    var _ = thread.scheduleWithFixedDelay(() -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.atError().setCause(e).log("upkeep failed");
      }
    }, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  Check check() {
    return introduced
        ? Check.ok("recovery")
        : Check.failed("recovery", "what an earlier life left half done is not cleared yet");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
