package dev.reveille.proxy.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;

/**
 * Limits the calls of each key, by a bucket that holds a minute's worth and fills evenly. Counted by
 * this proxy alone; of many keys the one that called least recently is forgotten, whose bucket is
 * full by then or soon. Safe for any thread; one short lock.
 */
public final class KeyLimits {
  private static final int KEYS = 10_000;
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  /** Whether a call may be made, how many more, and how long until the next one. */
  public record Taken(boolean allowed, int limit, int remaining, Duration pause) {}

  private final int perMinute;
  private final LongSupplier nanoTime;
  /** In order of the last call. The value is the time at which the bucket would be full. */
  private final LinkedHashMap<String, Long> fullAt = new LinkedHashMap<>(16, 0.75f, true);

  public KeyLimits(int perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
  }

  /** Takes one call of the key. */
  public synchronized Taken take(String key) {
    long now = nanoTime.getAsLong();
    long cost = MINUTE / perMinute;
    Long known = fullAt.get(key);
    long owed = known == null ? 0 : Math.max(0, known - now);
    if (owed + cost > MINUTE) {
      return new Taken(false, perMinute, 0, Duration.ofNanos(owed + cost - MINUTE));
    }
    fullAt.put(key, now + owed + cost);
    if (fullAt.size() > KEYS) {
      fullAt.pollFirstEntry();
    }
    return new Taken(true, perMinute, (int) ((MINUTE - owed - cost) / cost),
        Duration.ofNanos(cost));
  }
}
