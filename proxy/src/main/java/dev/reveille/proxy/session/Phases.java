package dev.reveille.proxy.session;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Measures one session's phases. Event loop only. */
final class Phases {
  private final SessionObserver observer;
  private final LongSupplier nanoTime;
  private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private long since;
  private boolean reported;

  Phases(SessionObserver observer, LongSupplier nanoTime) {
    this.observer = observer;
    this.nanoTime = nanoTime;
    since = nanoTime.getAsLong();
  }

  /** What has passed since the last mark belongs to {@code phase}; TLS splits STARTUP in two. */
  void mark(Phase phase) {
    var now = nanoTime.getAsLong();
    if (reported) {
      observer.phase(phase, now - since);
    } else {
      nanos.merge(phase, now - since, Long::sum);
    }
    since = now;
  }

  /** Reports what was passed up to now, once; later marks are reported as they come. */
  void report() {
    if (!reported) {
      reported = true;
      nanos.forEach(observer::phase);
    }
  }

  boolean passed(Phase phase) {
    return nanos.containsKey(phase);
  }

  SessionTimeline timeline(String database, boolean cold) {
    return new SessionTimeline(database, cold, nanos);
  }
}
