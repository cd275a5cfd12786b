package dev.reveille.proxy.audit;

import dev.reveille.cell.AuditEntry;
import dev.reveille.cell.AuditTable;
import dev.reveille.cell.CatalogException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The audit of one process: the table in the catalog and, if wanted, a file. Also notes credentials
 * that have expired, once for all proxies of a catalog, and removes what is older than the retention.
 * Recording never blocks; blocking work has virtual threads of its own, which {@link #close} ends.
 */
public final class AuditTrail implements Audit, AutoCloseable {
  private static final long FILE_SIZE = 64L << 20;
  private static final int FILES = 5;
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int EXPIRED_AT_ONCE = 500;
  private static final int REMOVED_AT_ONCE = 5000;

  private final String instance;
  private final AuditTable table;
  private final @Nullable FileSink file;
  private final AuditJournal journal;
  private final Duration retention;
  private final InstantSource clock;
  private final Thread upkeep;
  private volatile boolean closing;

  private AuditTrail(String instance, AuditTable table, @Nullable FileSink file, Losses losses,
      Duration retention, InstantSource clock) {
    this.instance = instance;
    this.table = table;
    this.file = file;
    this.retention = retention;
    this.clock = clock;
    List<Lane> lanes = new ArrayList<>();
    if (file != null) {
      lanes.add(new Lane(file, Lane.Settings.FILE, losses));
    }
    lanes.add(new Lane(new TableSink(table, instance), Lane.Settings.TABLE, losses));
    journal = new AuditJournal(clock, lanes);
    upkeep = Thread.ofVirtual().name("audit-upkeep").unstarted(this::keepUp);
  }

  /**
   * Takes events from when it returns. The catalog need not answer yet.
   *
   * @param instance a word that no other process has, for all its lines
   * @param file where lines go, if they are wanted
   * @throws IOException when that file cannot be written
   */
  public static AuditTrail open(String instance, AuditTable table, Optional<Path> file,
      Losses losses, Duration retention, InstantSource clock) throws IOException {
    FileSink sink = file.isPresent()
        ? new FileSink(file.get(), FILE_SIZE, FILES, instance)
        : null;
    AuditTrail trail = new AuditTrail(instance, table, sink, losses, retention, clock);
    trail.journal.start();
    trail.upkeep.start();
    return trail;
  }

  @Override
  public void record(AuditEvent event) {
    journal.record(event);
  }

  /**
   * The newest entries of all proxies, from the table, newest first, as a line of the file has them.
   * Blocks; throws {@link dev.reveille.cell.CatalogUnavailableException} when the catalog is away.
   */
  public List<Map<String, Object>> entries(Optional<String> credential, Duration within,
      int limit) {
    return table.entries(credential, clock.instant().minus(within), limit)
        .stream()
        .map(Entries::facts)
        .toList();
  }

  private void keepUp() {
    while (!closing) {
      LockSupport.parkNanos(LOOK.toNanos());
      try {
        Instant now = clock.instant();
        noteExpired(now);
        var _ = table.forgetEntries(now.minus(retention), REMOVED_AT_ONCE);
      } catch (CatalogException e) {
        // The catalog is away, which others report: nothing is due that cannot wait for it.
      }
    }
  }

  /** Entries go after the retention, and with them the memory of having noted it. */
  private void noteExpired(Instant now) {
    List<AuditEntry> noted = table.recordExpired(now.minus(retention), now, instance,
        EXPIRED_AT_ONCE);
    if (file != null && !noted.isEmpty()) {
      file.write(noted);
    }
  }

  /** Writes what waits, within a bounded time. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(upkeep);
    try {
      upkeep.join(LOOK.multipliedBy(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    journal.close();
  }
}
