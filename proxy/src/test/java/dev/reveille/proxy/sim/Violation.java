package dev.reveille.proxy.sim;

import java.util.List;

/** An invariant does not hold; the message is enough to have the run again. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(long seed, long step, String what, List<String> trace) {
    super("seed " + seed + ", step " + step + ": " + what
        + (trace.isEmpty() ? "" : "\n  " + String.join("\n  ", trace)));
  }
}
