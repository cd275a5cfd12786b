package dev.reveille.proxy.budget;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Spaces what looks like abuse out in time instead of refusing it: each further one comes a pause after
 * the last, and the pause grows with the excess. Not thread-safe.
 *
 * <p>The pause is {@link #FIRST} at the first that is not free, doubles with each tenth of what is free,
 * and ends at {@link #LONGEST}. Nobody waits longer than {@link #PATIENCE}: who would is refused.
 */
final class SlowDown {
  static final Duration FIRST = Duration.ofMillis(100);
  static final Duration LONGEST = Duration.ofSeconds(10);
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private Instant next = Instant.EPOCH;

  /** How long to wait; empty if that would be too long. Takes a place in the row. */
  Optional<Duration> wait(long counted, long free, Instant now) {
    if (counted < free) {
      return Optional.of(Duration.ZERO);
    }
    Instant turn = turn(counted, free, now);
    Duration wait = Duration.between(now, turn);
    if (wait.compareTo(PATIENCE) > 0) {
      return Optional.empty();
    }
    next = turn;
    return Optional.of(wait);
  }

  /** When there will be a place in the row again, for one who was refused. */
  Instant again(long counted, long free, Instant now) {
    return turn(counted, free, now).minus(PATIENCE);
  }

  private Instant turn(long counted, long free, Instant now) {
    return (next.isAfter(now) ? next : now).plus(pause(counted - free, free));
  }

  static Duration pause(long excess, long free) {
    long doublings = Math.min(20, excess * 10 / Math.max(1, free));
    Duration pause = FIRST.multipliedBy(1L << doublings);
    return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
  }
}
