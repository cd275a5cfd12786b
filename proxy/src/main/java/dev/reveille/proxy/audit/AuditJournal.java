package dev.reveille.proxy.audit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Numbers events and hands them to every lane. What a stranger can cause at will goes through a
 * {@link Flood} first. Close it when nobody records any more: it writes what waits.
 */
final class AuditJournal implements Audit, AutoCloseable {
  private static final Duration WINDOW = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final List<Lane> lanes;
  private final Flood flood = new Flood();
  private final AtomicLong numbers = new AtomicLong();
  private final Thread windows;
  private volatile boolean closing;

  AuditJournal(InstantSource clock, List<Lane> lanes) {
    this.clock = clock;
    this.lanes = List.copyOf(lanes);
    windows = Thread.ofVirtual().name("audit-windows").unstarted(this::summarise);
  }

  void start() {
    lanes.forEach(Lane::start);
    windows.start();
  }

  @Override
  public void record(AuditEvent event) {
    if (flood.admits(event)) {
      note(event);
    }
  }

  private void note(AuditEvent event) {
    Noted noted = new Noted(clock.instant(), numbers.incrementAndGet(), event);
    lanes.forEach(lane -> lane.offer(noted));
  }

  private void summarise() {
    while (!closing) {
      LockSupport.parkNanos(WINDOW.toNanos());
      flood.summaries().forEach(this::note);
    }
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(windows);
    try {
      windows.join(WINDOW);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    flood.summaries().forEach(this::note);
    lanes.forEach(Lane::close);
  }
}
