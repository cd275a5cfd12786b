package dev.reveille.compute;

import dev.reveille.compute.machine.ComputeLimits;
import java.time.Duration;

/**
 * How the supervisor behaves, besides the machine's own limits.
 *
 * @param attachGrace how long a waiter that was told to go ahead keeps the compute awake without
 * having attached its session
 * @param holdLimit how long sessions have to answer whether they hold; silence is a no
 */
public record SupervisorSettings(ComputeLimits limits, Duration attachGrace, Duration holdLimit) {
  public static final SupervisorSettings DEFAULTS = new SupervisorSettings(ComputeLimits.DEFAULTS,
      Duration.ofSeconds(15), Duration.ofSeconds(5));
}
