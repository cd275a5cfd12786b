package dev.reveille.proxy.operations;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** How long a database is to live, counted from when it is said. */
public sealed interface Ttl {
  /** So long. */
  record For(Duration time) implements Ttl {}

  /** Until somebody drops it. */
  record Never() implements Ttl {}

  /**
   * {@code 2 h}, {@code 90 min}, {@code 7 days}, {@code PT2H}; {@code never} or {@code none}.
   *
   * @throws OperationFailure 22023 for anything else
   */
  static Ttl parse(String text) {
    if (Set.of("never", "none").contains(text.strip().toLowerCase(Locale.ROOT))) {
      return new Never();
    }
    return new For(Durations.require("ttl", text));
  }
}
