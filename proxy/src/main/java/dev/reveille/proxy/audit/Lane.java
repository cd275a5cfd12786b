package dev.reveille.proxy.audit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bounded queue before one sink, and the virtual thread that empties it in batches. Offering
 * takes no lock and wakes nobody until the queue is half full: the thread looks by itself, every
 * interval. Requests may fill three quarters of the queue, so that they are the first to be lost
 * and leave room for what is rare. Nothing is lost without being counted.
 */
final class Lane implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Lane.class);

  /**
   * How a lane behaves.
   *
   * @param capacity most events that wait
   * @param batch most events that are written at once
   * @param interval between two batches, unless the queue is half full and {@code paced} is false
   * @param paced whether the interval is kept however much waits, for a sink that must not be hurried
   * @param patience how long the end waits for a sink that is away
   */
  record Settings(int capacity, int batch, Duration interval, boolean paced, Duration patience) {
    /** For the file: it is quick, and has all. */
    static final Settings FILE = new Settings(16_384, 1024, Duration.ofMillis(50), false,
        Duration.ofSeconds(2));
    /** For the table: at most 2,000 rows a second, which leave the catalog its other work. */
    static final Settings TABLE = new Settings(8192, 500, Duration.ofMillis(250), true,
        Duration.ofSeconds(5));
  }

  private final AuditSink sink;
  private final Settings settings;
  private final Losses losses;
  private final Queue<Noted> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean losing = new AtomicBoolean();
  private final Thread thread;
  private volatile boolean closing;
  /** On the clock of {@link System#nanoTime}; of meaning once {@link #closing} is set. */
  private volatile long giveUpAt;

  Lane(AuditSink sink, Settings settings, Losses losses) {
    this.sink = sink;
    this.settings = settings;
    this.losses = losses;
    thread = Thread.ofVirtual().name("audit-" + sink.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Any thread; never blocks. */
  void offer(Noted noted) {
    boolean request = noted.event() instanceof AuditEvent.Request;
    int room = request ? settings.capacity() / 4 * 3 : settings.capacity();
    int now = waiting.incrementAndGet();
    if (now > room) {
      waiting.decrementAndGet();
      lost(request, 1, "the queue is full");
      return;
    }
    queue.add(noted);
    if (now == settings.capacity() / 2) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    List<Noted> batch = new ArrayList<>();
    while (true) {
      boolean last = closing;
      take(batch);
      if (!batch.isEmpty()) {
        write(batch);
      } else if (last) {
        return;
      }
      boolean hurry = closing || (!settings.paced() && waiting.get() >= settings.capacity() / 2);
      if (!hurry) {
        LockSupport.parkNanos(settings.interval().toNanos());
      }
    }
  }

  private void take(List<Noted> batch) {
    batch.clear();
    while (batch.size() < settings.batch()) {
      Noted next = queue.poll();
      if (next == null) {
        return;
      }
      waiting.decrementAndGet();
      batch.add(next);
    }
  }

  private void write(List<Noted> batch) {
    while (true) {
      try {
        if (sink.keep(batch)) {
          losing.set(false);
          return;
        }
      } catch (RuntimeException e) {
        lost(batch, String.valueOf(e.getMessage()));
        return;
      }
      if (closing && System.nanoTime() - giveUpAt > 0) {
        lost(batch, "the process is stopping");
        return;
      }
      LockSupport.parkNanos(settings.interval().toNanos());
    }
  }

  private void lost(List<Noted> batch, String reason) {
    long requests = batch.stream().filter(n -> n.event() instanceof AuditEvent.Request).count();
    if (requests > 0) {
      lost(true, requests, reason);
    }
    if (batch.size() > requests) {
      lost(false, batch.size() - requests, reason);
    }
  }

  /** The log hears of the first since all was well, the metric of each. */
  private void lost(boolean requests, long count, String reason) {
    losses.lost(sink.name(), requests, count);
    if (losing.compareAndSet(false, true)) {
      log.atWarn()
          .addKeyValue("kind", sink.name())
          .addKeyValue("reason", reason)
          .log("audit events are lost; the metric counts them");
    }
  }

  /** Writes what waits, for at most the patience of the settings, then closes the sink. */
  @Override
  public void close() {
    giveUpAt = System.nanoTime() + settings.patience().toNanos();
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(settings.patience().multipliedBy(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Noted left = queue.poll(); left != null; left = queue.poll()) {
      lost(left.event() instanceof AuditEvent.Request, 1, "the process is stopping");
    }
    sink.close();
  }
}
