package dev.reveille.compute.machine;

import java.time.Duration;

/**
 * The numbers of the machine.
 *
 * @param maxWaiters per database, 1 or more
 * @param attempts failures in a row before waiters are told and the back-off begins; 1 is no retry
 * @param firstBackOff after the first failure that is told; doubles with each further one
 * @param longestBackOff where the doubling ends
 * @param stableAfter a compute that is lost sooner counts as a failed start
 */
public record ComputeLimits(int maxWaiters, int attempts, Duration firstBackOff,
    Duration longestBackOff, Duration stableAfter) {
  public static final ComputeLimits DEFAULTS = new ComputeLimits(1_000, 2, Duration.ofMillis(500),
      Duration.ofSeconds(30), Duration.ofSeconds(5));

  public ComputeLimits {
    if (maxWaiters < 1 || attempts < 1 || firstBackOff.isNegative() || stableAfter.isNegative()
        || longestBackOff.compareTo(firstBackOff) < 0) {
      throw new IllegalArgumentException("limits out of range");
    }
  }

  /** How long to leave a compute alone after this many failures in a row. */
  Duration backOff(int failures) {
    int doublings = Math.min(30, Math.max(0, failures - attempts));
    Duration wait = firstBackOff.multipliedBy(1L << doublings);
    return wait.compareTo(longestBackOff) > 0 ? longestBackOff : wait;
  }
}
