package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionAction.StartTimer;
import dev.reveille.proxy.session.SessionState.Proven;
import java.time.Duration;
import java.time.Instant;

/** When a proven session's credential has to be looked at again. */
final class Expiry {
  /** Timers are not set further ahead than this: the wall clock may be put forward meanwhile. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private Expiry() {
  }

  /** A timer for the expiry, for the end of the session's time, or for the next look at them. */
  static StartTimer watch(Proven proven, Instant now) {
    var expiry = proven.credential().expiresAt();
    var end = sessionEnd(proven);
    var left = Duration.between(now, end.isBefore(expiry) ? end : expiry);
    var wait = left.compareTo(LONGEST) > 0 ? LONGEST : left;
    return new StartTimer(Timer.EXPIRY, wait.isPositive() ? wait : Duration.ofMillis(1));
  }

  /** How long a session may last is counted from its proof. */
  static Instant sessionEnd(Proven proven) {
    return proven.since().plus(proven.credential().scope().limits().sessionTime());
  }
}
