package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.proxy.session.SessionAction.StartTimer;
import java.time.Duration;
import java.time.Instant;

/** When a live session's credential has to be looked at again. */
final class Expiry {
  /** Timers are not set further ahead than this: the wall clock may be put forward meanwhile. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private Expiry() {
  }

  /** A timer for the expiry, or for the next look at it. */
  static StartTimer watch(Credential credential, Instant now) {
    var left = Duration.between(now, credential.expiresAt());
    var wait = left.compareTo(LONGEST) > 0 ? LONGEST : left;
    return new StartTimer(Timer.EXPIRY, wait.isPositive() ? wait : Duration.ofMillis(1));
  }
}
