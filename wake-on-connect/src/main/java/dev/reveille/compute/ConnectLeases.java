package dev.reveille.compute;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Waiters that were told to go ahead and have not attached yet: between the two the compute must not
 * be suspended under them. Each counts for a limited time. Confined to the lane of its database.
 */
final class ConnectLeases {
  private final long grace;
  private final Map<Long, Long> since = new LinkedHashMap<>();

  ConnectLeases(Duration grace) {
    this.grace = grace.toNanos();
  }

  void begin(long waiter, long now) {
    since.put(waiter, now);
  }

  /** The waiter gave up. */
  void end(long waiter) {
    since.remove(waiter);
  }

  /** A session attached: it is the one of somebody who waits longest, or as good as. */
  void endOldest() {
    Iterator<Long> oldest = since.keySet().iterator();
    if (oldest.hasNext()) {
      oldest.next();
      oldest.remove();
    }
  }

  boolean any(long now) {
    since.values().removeIf(start -> now - start >= grace);
    return !since.isEmpty();
  }
}
