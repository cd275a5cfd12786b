package dev.reveille.compute;

import java.time.Duration;
import java.time.Instant;

/** How a wake ended for one waiter. Every reason is safe to show to an authenticated client. */
public sealed interface WakeOutcome {
  /** The compute takes connections. {@code cold}: this waiter waited for a start. */
  record Ready(ComputeEndpoint endpoint, boolean cold) implements WakeOutcome {}

  /** The queue of waiters of this database is full. */
  record TooManyWaiters(int limit) implements WakeOutcome {}

  /** The compute has kept failing; it is not tried again before {@code retryAfter}. */
  record BackingOff(Duration retryAfter, String reason) implements WakeOutcome {}

  /** The compute could not be started. */
  record Failed(String reason) implements WakeOutcome {}

  /** A start was needed, and there is no leave for one. */
  record NotAllowed(StartRefusal refusal) implements WakeOutcome {
    /** There is none before {@code again}. */
    public NotAllowed(Instant again) {
      this(new StartRefusal.Until(again));
    }
  }

  /** The database was dropped. */
  record Dropped() implements WakeOutcome {}
}
